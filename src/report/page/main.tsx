/** Starts the page: reads the data that `renderReport` put into it, and draws. */
import { render } from "preact";
import type { ReportData } from "../report-data.js";
import { App } from "./app.js";
import { openForPrint } from "./open-for-print.js";

const holder = document.getElementById("report-data");
const page = document.getElementById("page");
if (holder !== null && page !== null) {
  const data: ReportData = JSON.parse(holder.textContent);
  document.title = `${data.title} · iTool report`;
  page.replaceChildren();
  render(<App data={data} />, page);
  openForPrint(window, document);
}
