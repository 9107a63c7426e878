/** Python's operators on values. Sizes are bounded: a short text can ask for a number of any length. */
import { requireAllowance } from "./allowance.js";
import { asNumber } from "./equality.js";
import { PythonError } from "./error.js";
import { formatPercent } from "./format-percent.js";
import { bitLength, exactFraction, fixedText, roundHalfEven, toFloat } from "./number-text.js";
import { MOST_BITS, power } from "./power.js";
import type { BinaryOperator, UnaryOperator } from "./syntax.js";
import {
  PythonBytes,
  PythonComplex,
  PythonDict,
  PythonSet,
  PythonTuple,
  type PythonValue,
  typeName,
} from "./value.js";

/** Longest text or list that an operator makes. */
const MOST_ITEMS = 1_000_000;

/** `left operator right`. @throws PythonError */
export function binary(left: PythonValue, operator: BinaryOperator, right: PythonValue): PythonValue {
  const one = asNumber(left);
  const other = asNumber(right);
  if (one !== undefined && other !== undefined) return numbers(left, one, operator, right, other);
  if (left instanceof PythonComplex || right instanceof PythonComplex)
    return complexNumbers(left, operator, right);
  return sequences(left, operator, right);
}

/** `left + right`. @throws PythonError */
export function add(left: PythonValue, right: PythonValue): PythonValue {
  return binary(left, "+", right);
}

/** `operator operand`. @throws PythonError */
export function unary(operator: UnaryOperator, operand: PythonValue): PythonValue {
  const value = asNumber(operand);
  if (operator === "~" && typeof value === "bigint") return -value - 1n;
  if (operator === "-" && value !== undefined) return -value;
  if (operator === "+" && value !== undefined) return value;
  if (operand instanceof PythonComplex && operator === "-")
    return new PythonComplex(-operand.real, -operand.imaginary);
  if (operand instanceof PythonComplex && operator === "+") return operand;
  throw new PythonError("TypeError", `bad operand type for unary ${operator}: '${typeName(operand)}'`);
}

function numbers(
  left: PythonValue,
  one: bigint | number,
  operator: BinaryOperator,
  right: PythonValue,
  other: bigint | number,
): PythonValue {
  if (typeof left === "boolean" && typeof right === "boolean" && "&|^".includes(operator)) {
    if (operator === "&") return left && right;
    return operator === "|" ? left || right : left !== right;
  }
  if (typeof one === "bigint" && typeof other === "bigint") return integers(one, operator, other);
  if (["<<", ">>", "&", "|", "^", "@"].includes(operator)) throw unsupported(left, operator, right);
  return floats(toFloat(one), operator, toFloat(other));
}

function integers(one: bigint, operator: BinaryOperator, other: bigint): PythonValue {
  switch (operator) {
    case "+":
      return one + other;
    case "-":
      return one - other;
    case "*":
      requireBits(bitLength(one) + bitLength(other));
      return one * other;
    case "/":
      return divideIntegers(one, other);
    case "//":
      return floorDivide(one, other);
    case "%":
      return one - other * floorDivide(one, other, "integer modulo by zero");
    case "**":
      return power(one, other);
    default:
      return bits(one, operator, other);
  }
}

function bits(one: bigint, operator: BinaryOperator, other: bigint): bigint {
  if (operator === "&") return one & other;
  if (operator === "|") return one | other;
  if (operator === "^") return one ^ other;
  if (operator === "@") throw unsupported(one, operator, other);
  if (other < 0n) throw new PythonError("ValueError", "negative shift count");
  if (operator === ">>") return other > MOST_BITS ? (one < 0n ? -1n : 0n) : one >> other;
  if (one === 0n) return 0n;
  requireBits(Number(other) + bitLength(one));
  return one << other;
}

function requireBits(size: number): void {
  if (size > MOST_BITS) throw new PythonError("MemoryError", "");
  requireAllowance(size);
}

/** The exact quotient to the nearest float. */
function divideIntegers(one: bigint, other: bigint): number {
  if (other === 0n) throw new PythonError("ZeroDivisionError", "division by zero");
  const safe = BigInt(Number.MAX_SAFE_INTEGER);
  if (one <= safe && one >= -safe && other <= safe && other >= -safe) return Number(one) / Number(other);
  const negative = one < 0n !== other < 0n;
  const [top, bottom] = [one < 0n ? -one : one, other < 0n ? -other : other];
  const size = bitLength(top) - bitLength(bottom);
  if (size > 1025) throw new PythonError("OverflowError", "integer division result too large for a float");
  // 66 bits of the quotient and one more that says whether anything follows them.
  const shift = BigInt(Math.min(66 - size, 1140));
  const scaled = shift >= 0n ? top << shift : top;
  const divisor = shift >= 0n ? bottom : bottom << -shift;
  const quotient = scaled / divisor;
  const sticky = scaled % divisor === 0n ? 0n : 1n;
  const value = scale(Number((quotient << 1n) | sticky), -Number(shift) - 1);
  return negative ? -value : value;
}

/** value · 2^exponent in steps that do not lose bits on the way. */
function scale(value: number, exponent: number): number {
  let result = value;
  for (let rest = exponent; rest !== 0; ) {
    const step = Math.max(-1000, Math.min(1000, rest));
    result *= 2 ** step;
    rest -= step;
  }
  return result;
}

function floorDivide(one: bigint, other: bigint, message = "integer division or modulo by zero"): bigint {
  if (other === 0n) throw new PythonError("ZeroDivisionError", message);
  const quotient = one / other;
  return one % other !== 0n && one < 0n !== other < 0n ? quotient - 1n : quotient;
}

function floats(one: number, operator: BinaryOperator, other: number): PythonValue {
  if (operator === "+") return one + other;
  if (operator === "-") return one - other;
  if (operator === "*") return one * other;
  if (operator === "**") return power(one, other);
  if (other === 0) {
    const message =
      operator === "/"
        ? "float division by zero"
        : operator === "%"
          ? "float modulo"
          : "float floor division by zero";
    throw new PythonError("ZeroDivisionError", message);
  }
  if (operator === "/") return one / other;
  return operator === "%" ? floatModulo(one, other) : floatFloorDivide(one, other);
}

function floatModulo(one: number, other: number): number {
  const rest = one % other;
  if (rest !== 0) return rest < 0 !== other < 0 ? rest + other : rest;
  return other < 0 ? -0 : 0;
}

function floatFloorDivide(one: number, other: number): number {
  const rest = one % other;
  let quotient = (one - rest) / other;
  if (rest !== 0 && rest < 0 !== other < 0) quotient -= 1;
  if (quotient === 0) return one / other < 0 ? -0 : 0;
  const floor = Math.floor(quotient);
  return quotient - floor > 0.5 ? floor + 1 : floor;
}

function complexNumbers(left: PythonValue, operator: BinaryOperator, right: PythonValue): PythonComplex {
  const one = toComplex(left);
  const other = toComplex(right);
  if (one === undefined || other === undefined) throw unsupported(left, operator, right);
  const { real: a, imaginary: b } = one;
  const { real: c, imaginary: d } = other;
  if (operator === "+") return new PythonComplex(a + c, b + d);
  if (operator === "-") return new PythonComplex(a - c, b - d);
  if (operator === "*") return new PythonComplex(a * c - b * d, a * d + b * c);
  if (operator !== "/") throw unsupported(left, operator, right);
  const size = c * c + d * d;
  if (size === 0) throw new PythonError("ZeroDivisionError", "complex division by zero");
  return new PythonComplex((a * c + b * d) / size, (b * c - a * d) / size);
}

function toComplex(value: PythonValue): PythonComplex | undefined {
  if (value instanceof PythonComplex) return value;
  const real = asNumber(value);
  return real === undefined ? undefined : new PythonComplex(toFloat(real), 0);
}

function sequences(left: PythonValue, operator: BinaryOperator, right: PythonValue): PythonValue {
  if (operator === "%" && typeof left === "string") return formatPercent(left, right);
  if (operator === "+") return concatenate(left, right);
  if (operator === "*") return repeated(left, right);
  if (operator === "|" && left instanceof PythonDict && right instanceof PythonDict) {
    return PythonDict.of([...left.entries(), ...right.entries()]);
  }
  if (left instanceof PythonSet && right instanceof PythonSet) return combineSets(left, operator, right);
  throw unsupported(left, operator, right);
}

function combineSets(left: PythonSet, operator: BinaryOperator, right: PythonSet): PythonSet {
  const ours = [...left.items()];
  const theirs = [...right.items()];
  if (operator === "|") return new PythonSet([...ours, ...theirs]);
  if (operator === "&") return new PythonSet(ours.filter((item) => right.has(item)));
  if (operator === "-") return new PythonSet(ours.filter((item) => !right.has(item)));
  if (operator !== "^") throw unsupported(left, operator, right);
  return new PythonSet([
    ...ours.filter((item) => !right.has(item)),
    ...theirs.filter((item) => !left.has(item)),
  ]);
}

function concatenate(left: PythonValue, right: PythonValue): PythonValue {
  if (typeof left === "string") {
    if (typeof right !== "string") throw notJoined("str", right, '"');
    requireItems(left.length + right.length);
    return left + right;
  }
  if (Array.isArray(left)) {
    if (!Array.isArray(right)) throw notJoined("list", right, '"');
    requireItems(left.length + right.length);
    return [...left, ...right];
  }
  if (left instanceof PythonTuple) {
    if (!(right instanceof PythonTuple)) throw notJoined("tuple", right, '"');
    requireItems(left.items.length + right.items.length);
    return new PythonTuple([...left.items, ...right.items]);
  }
  if (left instanceof PythonBytes && right instanceof PythonBytes) {
    requireItems(left.bytes.length + right.bytes.length);
    return new PythonBytes([...left.bytes, ...right.bytes]);
  }
  throw unsupported(left, "+", right);
}

function notJoined(kind: string, value: PythonValue, mark: string): PythonError {
  return new PythonError(
    "TypeError",
    `can only concatenate ${kind} (not ${mark}${typeName(value)}${mark}) to ${kind}`,
  );
}

function repeated(left: PythonValue, right: PythonValue): PythonValue {
  const [items, times] = isSequence(left) ? [left, asNumber(right)] : [right, asNumber(left)];
  if (!isSequence(items)) throw unsupported(left, "*", right);
  if (typeof times !== "bigint") {
    const other = isSequence(left) ? right : left;
    throw new PythonError("TypeError", `can't multiply sequence by non-int of type '${typeName(other)}'`);
  }
  const count = times < 0n ? 0 : Number(times);
  if (typeof items === "string") {
    requireItems(items.length * count);
    return items.repeat(count);
  }
  const list: readonly PythonValue[] = Array.isArray(items)
    ? items
    : items instanceof PythonTuple
      ? items.items
      : items.bytes;
  requireItems(list.length * count);
  const all: PythonValue[] = [];
  for (let time = 0; time < count; time++) for (const item of list) all.push(item);
  if (items instanceof PythonBytes) return new PythonBytes(all.map(Number));
  return items instanceof PythonTuple ? new PythonTuple(all) : all;
}

function isSequence(value: PythonValue): value is string | PythonValue[] | PythonTuple | PythonBytes {
  return (
    typeof value === "string" ||
    Array.isArray(value) ||
    value instanceof PythonTuple ||
    value instanceof PythonBytes
  );
}

function requireItems(count: number): void {
  if (count > MOST_ITEMS) throw new PythonError("MemoryError", "");
  requireAllowance(count);
}

function unsupported(left: PythonValue, operator: BinaryOperator, right: PythonValue): PythonError {
  const shown = operator === "**" ? "** or pow()" : operator;
  return new PythonError(
    "TypeError",
    `unsupported operand type(s) for ${shown}: '${typeName(left)}' and '${typeName(right)}'`,
  );
}

/** `round(value, digits)`; without digits an integer. @throws PythonError (`TypeError`) for what cannot be rounded */
export function round(value: PythonValue, digits: PythonValue): PythonValue {
  const number = asNumber(value);
  if (number === undefined) {
    throw new PythonError("TypeError", `type ${typeName(value)} doesn't define __round__ method`);
  }
  const places = digits === null ? null : asNumber(digits);
  if (typeof places === "number" || places === undefined) {
    throw new PythonError("TypeError", `'${typeName(digits)}' object cannot be interpreted as an integer`);
  }
  if (typeof number === "bigint") return roundInteger(number, places ?? 0n);
  return places === null ? roundToInteger(number) : roundFloat(number, places);
}

function roundInteger(value: bigint, places: bigint): bigint {
  if (places >= 0n) return value;
  if (-places > BigInt(bitLength(value))) return 0n;
  const unit = 10n ** -places;
  return roundHalfEven(value, unit) * unit;
}

function roundToInteger(value: number): bigint {
  if (Number.isNaN(value)) throw new PythonError("ValueError", "cannot convert float NaN to integer");
  if (!Number.isFinite(value))
    throw new PythonError("OverflowError", "cannot convert float infinity to integer");
  const { numerator, shift } = exactFraction(value);
  return roundHalfEven(numerator, 1n << BigInt(shift));
}

function roundFloat(value: number, places: bigint): number {
  if (!Number.isFinite(value) || places > 323n) return value;
  if (places < -308n) return value < 0 ? -0 : 0;
  if (places >= 0n) return Number(fixedText(value, Number(places)));
  const { numerator, shift } = exactFraction(value);
  const unit = 10n ** -places;
  const rounded = Number(roundHalfEven(numerator, unit << BigInt(shift)) * unit);
  return rounded === 0 && value < 0 ? -0 : rounded;
}
