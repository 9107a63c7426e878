import { describe, expect, it } from "vitest";
import { ConfigError } from "../../spec/index.js";
import { checkAddress, checkKey, withoutSecret } from "./address.js";

const errorOf = (work: () => void): unknown => {
  try {
    work();
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("checkAddress", () => {
  it.each(["http://localhost:8000", "https://h/services/x/", "http://[::1]:80"])("takes %s", (url) =>
    expect(errorOf(() => checkAddress(url, "tinker", "http://e"))).toBeUndefined(),
  );

  it.each(["localhost:8000", "ftp://h", "", "http://"])("refuses %j", (url) => {
    const error = errorOf(() => checkAddress(url, "tinker", "http://e"));
    expect(error).toBeInstanceOf(ConfigError);
    expect(String(error)).toMatch(/must be an address such as http:\/\/e/);
  });

  it.each(["http://me:pass-word@h", "http://pass-word@h", "http://h/?key=pass-word", "http://h/#pass-word"])(
    "refuses %s without showing it",
    (url) => {
      const error = errorOf(() => checkAddress(url, "tinker", "http://e"));
      expect(error).toBeInstanceOf(ConfigError);
      expect(JSON.stringify([String(error), error])).not.toContain("pass-word");
    },
  );
});

describe("checkKey", () => {
  it.each([undefined, "tml-abc_123", "eyJ.x.y"])("takes %s", (key) =>
    expect(errorOf(() => checkKey(key, "tinker"))).toBeUndefined(),
  );

  it.each(["tml-secret\n", " tml-secret", "tml-secret\u0000", "tml-secretß", ""])(
    "refuses %j without showing it",
    (key) => {
      const error = errorOf(() => checkKey(key, "tinker"));
      expect(error).toBeInstanceOf(ConfigError);
      expect(String(error)).not.toContain("secret");
    },
  );
});

describe("withoutSecret", () => {
  it("takes every occurrence out and leaves the rest", () => {
    const bytes = Buffer.from("ä key tml-1, again tml-1.");
    expect(Buffer.from(withoutSecret(bytes, "tml-1")).toString()).toBe("ä key [key], again [key].");
    expect(withoutSecret(bytes, undefined)).toBe(bytes);
    expect(withoutSecret(bytes, "other")).toBe(bytes);
  });
});
