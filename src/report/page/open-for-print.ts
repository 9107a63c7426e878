/** A browser prints a closed disclosure as its heading alone; on paper there is no way to open it. */

/** Opens the disclosures marked `data-print` while printing and closes those again that were closed before. */
export function openForPrint(window: Window, document: Document): void {
  let opened: Element[] = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details[data-print]:not([open])")];
    for (const details of opened) details.setAttribute("open", "");
  });
  window.addEventListener("afterprint", () => {
    for (const details of opened) details.removeAttribute("open");
    opened = [];
  });
}
