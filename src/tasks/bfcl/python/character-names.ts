/**
 * Characters by their Unicode names, for `\N{…}`. The whole database is not carried: Latin and Greek letters are composed
 * from their names, and the signs that people write are listed. Other names are unknown.
 */

const ACCENTS: Readonly<Record<string, string>> = {
  GRAVE: "\u0300",
  ACUTE: "\u0301",
  CIRCUMFLEX: "\u0302",
  TILDE: "\u0303",
  MACRON: "\u0304",
  BREVE: "\u0306",
  DIAERESIS: "\u0308",
  "RING ABOVE": "\u030a",
  "DOUBLE ACUTE": "\u030b",
  CARON: "\u030c",
  CEDILLA: "\u0327",
  OGONEK: "\u0328",
};

const GREEK = (
  "ALPHA BETA GAMMA DELTA EPSILON ZETA ETA THETA IOTA KAPPA LAMDA MU NU XI OMICRON PI RHO FINAL_SIGMA SIGMA TAU " +
  "UPSILON PHI CHI PSI OMEGA"
).split(" ");

const SIGNS: Readonly<Record<string, string>> = {
  SPACE: " ",
  "EXCLAMATION MARK": "!",
  "QUOTATION MARK": '"',
  "NUMBER SIGN": "#",
  "DOLLAR SIGN": "$",
  "PERCENT SIGN": "%",
  AMPERSAND: "&",
  APOSTROPHE: "'",
  "LEFT PARENTHESIS": "(",
  "RIGHT PARENTHESIS": ")",
  ASTERISK: "*",
  "PLUS SIGN": "+",
  COMMA: ",",
  "HYPHEN-MINUS": "-",
  "FULL STOP": ".",
  SOLIDUS: "/",
  COLON: ":",
  SEMICOLON: ";",
  "LESS-THAN SIGN": "<",
  "EQUALS SIGN": "=",
  "GREATER-THAN SIGN": ">",
  "QUESTION MARK": "?",
  "COMMERCIAL AT": "@",
  "LEFT SQUARE BRACKET": "[",
  "REVERSE SOLIDUS": "\\",
  "RIGHT SQUARE BRACKET": "]",
  "LOW LINE": "_",
  "LEFT CURLY BRACKET": "{",
  "VERTICAL LINE": "|",
  "RIGHT CURLY BRACKET": "}",
  TILDE: "~",
  "NO-BREAK SPACE": "\u00a0",
  "CENT SIGN": "¢",
  "POUND SIGN": "£",
  "YEN SIGN": "¥",
  "EURO SIGN": "€",
  "SECTION SIGN": "§",
  "COPYRIGHT SIGN": "©",
  "REGISTERED SIGN": "®",
  "TRADE MARK SIGN": "™",
  "DEGREE SIGN": "°",
  "PLUS-MINUS SIGN": "±",
  "SUPERSCRIPT TWO": "²",
  "SUPERSCRIPT THREE": "³",
  "MICRO SIGN": "µ",
  "MIDDLE DOT": "·",
  "VULGAR FRACTION ONE HALF": "½",
  "VULGAR FRACTION ONE QUARTER": "¼",
  "MULTIPLICATION SIGN": "×",
  "DIVISION SIGN": "÷",
  "LATIN SMALL LETTER SHARP S": "ß",
  "LATIN SMALL LETTER AE": "æ",
  "LATIN CAPITAL LETTER AE": "Æ",
  "LATIN SMALL LETTER O WITH STROKE": "ø",
  "LATIN CAPITAL LETTER O WITH STROKE": "Ø",
  "EN DASH": "–",
  "EM DASH": "—",
  "LEFT SINGLE QUOTATION MARK": "‘",
  "RIGHT SINGLE QUOTATION MARK": "’",
  "LEFT DOUBLE QUOTATION MARK": "“",
  "RIGHT DOUBLE QUOTATION MARK": "”",
  BULLET: "•",
  "HORIZONTAL ELLIPSIS": "…",
  "LEFTWARDS ARROW": "←",
  "RIGHTWARDS ARROW": "→",
  "MINUS SIGN": "−",
  INFINITY: "∞",
  "SQUARE ROOT": "√",
  "ALMOST EQUAL TO": "≈",
  "NOT EQUAL TO": "≠",
  "LESS-THAN OR EQUAL TO": "≤",
  "GREATER-THAN OR EQUAL TO": "≥",
  "CHECK MARK": "✓",
  "GREEK SMALL LETTER LAMBDA": "λ",
  SNOWMAN: "☃",
};

/** The character of a name in any case, or `undefined` where the name is not known here. */
export function characterNamed(name: string): string | undefined {
  const upper = name.toUpperCase();
  if (Object.hasOwn(SIGNS, upper)) return SIGNS[upper];
  return letterNamed(upper) ?? greekNamed(upper);
}

function letterNamed(name: string): string | undefined {
  const match = /^LATIN (SMALL|CAPITAL) LETTER ([A-Z])(?: WITH (.+))?$/.exec(name);
  if (match === null) return undefined;
  const [, size, letter, accent] = match;
  const base = size === "SMALL" ? letter!.toLowerCase() : letter!;
  if (accent === undefined) return base;
  if (!Object.hasOwn(ACCENTS, accent)) return undefined;
  const composed = (base + ACCENTS[accent]).normalize("NFC");
  return composed.length === 1 ? composed : undefined;
}

function greekNamed(name: string): string | undefined {
  const [, size, letter] = /^GREEK (SMALL|CAPITAL) LETTER ([A-Z]+(?: [A-Z]+)?)$/.exec(name) ?? [];
  const index = GREEK.indexOf(letter?.replace(" ", "_") ?? "");
  if (index < 0 || (size === "CAPITAL" && letter === "FINAL SIGMA")) return undefined;
  return String.fromCharCode((size === "SMALL" ? 0x3b1 : 0x391) + index);
}
