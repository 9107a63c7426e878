/** `MathAPI`: sums, powers, conversions. It has no state. */
import { add, binary, round } from "../python/arithmetic.js";
import type { CallArguments } from "../python/builtins.js";
import { absolute, extremeOf, iterate, makeFloat, sum } from "../python/builtins.js";
import { asNumber, equals, ordered, truth } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import { str } from "../python/repr.js";
import type { BinaryOperator } from "../python/syntax.js";
import type { PythonDict, PythonValue } from "../python/value.js";
import { failure, MethodTable, record, ValueApi } from "./api.js";
import { decimalSquareRoot } from "./decimal-square-root.js";
import { preciseLogarithm } from "./precise-logarithm.js";

const NUMBERS = "Both inputs must be numbers";
const ALL_NUMBERS = "All elements in the list must be numbers";

/** The result of a computation, or an error in place of a `TypeError`. */
function computed(
  compute: () => PythonValue,
  message: string,
  caught: readonly string[] = ["TypeError"],
): PythonDict {
  try {
    return record({ result: compute() });
  } catch (error) {
    if (error instanceof PythonError && caught.includes(error.kind)) return failure(message);
    throw error;
  }
}

function operate(operator: BinaryOperator): (api: MathApi, values: readonly PythonValue[]) => PythonValue {
  return (_, [a, b]) => computed(() => binary(a!, operator, b!), NUMBERS);
}

function isNumber(value: PythonValue): boolean {
  return asNumber(value) !== undefined;
}

const METHODS = new MethodTable<MathApi>("MathAPI", {
  logarithm: [
    ["value", "base", "precision"],
    (_, [value, base, precision]) => logarithm(value!, base!, precision!),
  ],
  mean: [["numbers"], (_, [numbers]) => mean(numbers!)],
  standard_deviation: [["numbers"], (_, [numbers]) => standardDeviation(numbers!)],
  si_unit_conversion: [
    ["value", "unit_in", "unit_out"],
    (_, [value, from, to]) => convertMetric(value!, from!, to!),
  ],
  imperial_si_conversion: [
    ["value", "unit_in", "unit_out"],
    (_, [value, from, to]) => convertImperial(value!, from!, to!),
  ],
  add: [["a", "b"], operate("+")],
  subtract: [["a", "b"], operate("-")],
  multiply: [
    ["a", "b"],
    (api, [a, b]) => (isNumber(a!) && isNumber(b!) ? operate("*")(api, [a!, b!]) : failure(NUMBERS)),
  ],
  divide: [
    ["a", "b"],
    (api, [a, b]) => (equals(b!, 0n) ? failure("Cannot divide by zero") : operate("/")(api, [a!, b!])),
  ],
  power: [["base", "exponent"], operate("**")],
  square_root: [["number", "precision"], (_, [number, precision]) => squareRoot(number!, precision!)],
  absolute_value: [["number"], (_, [number]) => computed(() => absolute(number!), "Input must be a number")],
  round_number: [
    ["number", ["decimal_places", 0n]],
    (_, [number, places]) =>
      computed(
        () => round(number!, places!),
        "First input must be a number, second input must be an integer",
      ),
  ],
  percentage: [["part", "whole"], (_, [part, whole]) => percentage(part!, whole!)],
  min_value: [["numbers"], (_, [numbers]) => extreme(numbers!, "min")],
  max_value: [["numbers"], (_, [numbers]) => extreme(numbers!, "max")],
  sum_values: [
    ["numbers"],
    (_, [numbers]) =>
      truth(numbers!)
        ? computed(() => sum(numbers!, 0n), ALL_NUMBERS)
        : failure("Cannot calculate sum of an empty list"),
  ],
});

/** An instance of the class. */
export class MathApi extends ValueApi {
  readonly className = "MathAPI";
  readonly methodNames = METHODS.names;

  call(name: string, args: CallArguments): PythonValue {
    return METHODS.call(this, name, args);
  }

  publicState(): [] {
    return [];
  }
}

function logarithm(value: PythonValue, base: PythonValue, precision: PythonValue): PythonDict {
  try {
    return record({ result: preciseLogarithm(value, base, precision) });
  } catch (error) {
    if (error instanceof PythonError) return failure(error.message);
    throw error;
  }
}

function average(numbers: PythonValue): PythonValue {
  return binary(sum(numbers, 0n), "/", BigInt(iterate(numbers).length));
}

function mean(numbers: PythonValue): PythonDict {
  if (!truth(numbers)) return failure("Cannot calculate mean of an empty list");
  return computed(() => average(numbers), ALL_NUMBERS);
}

function standardDeviation(numbers: PythonValue): PythonDict {
  if (!truth(numbers)) return failure("Cannot calculate standard deviation of an empty list");
  return computed(() => {
    const centre = average(numbers);
    const squares = iterate(numbers).map((number) => binary(binary(number, "-", centre), "**", 2n));
    const variance = binary(sum(squares, 0n), "/", BigInt(squares.length));
    return Math.sqrt(makeFloat(variance));
  }, ALL_NUMBERS);
}

/** Metres in each unit: whole for the large ones, as Python's table has them. */
const METRES: ReadonlyMap<PythonValue, bigint | number> = new Map<PythonValue, bigint | number>([
  ["km", 1000n],
  ["m", 1n],
  ["cm", 0.01],
  ["mm", 0.001],
  ["um", 1e-6],
  ["nm", 1e-9],
]);

const TOO_LARGE = "Conversion resulted in a value too large to represent";

function convertMetric(value: PythonValue, from: PythonValue, to: PythonValue): PythonDict {
  if (!isNumber(value)) return failure("Value must be a number");
  const one = METRES.get(from);
  const other = METRES.get(to);
  if (one === undefined || other === undefined) return unsupported(from, to);
  return computed(() => binary(binary(value, "*", one), "*", 1 / Number(other)), TOO_LARGE, [
    "OverflowError",
  ]);
}

function unsupported(from: PythonValue, to: PythonValue): PythonDict {
  return failure(`Conversion from '${str(from)}' to '${str(to)}' is not supported`);
}

const FACTORS: Readonly<Record<string, number>> = {
  cm_to_in: 0.393701,
  in_to_cm: 2.54,
  m_to_ft: 3.28084,
  ft_to_m: 0.3048,
  m_to_yd: 1.09361,
  yd_to_m: 0.9144,
  km_to_miles: 0.621371,
  miles_to_km: 1.60934,
  kg_to_lb: 2.20462,
  lb_to_kg: 0.453592,
  celsius_to_fahrenheit: 1.8,
  fahrenheit_to_celsius: 5 / 9,
};

function convertImperial(value: PythonValue, from: PythonValue, to: PythonValue): PythonDict {
  if (!isNumber(value)) return failure("Value must be a number");
  if (equals(from, to)) return record({ result: value });
  const key = `${str(from)}_to_${str(to)}`;
  const factor = Object.hasOwn(FACTORS, key) ? FACTORS[key] : undefined;
  if (factor === undefined) return unsupported(from, to);
  return computed(
    () => {
      if (key === "celsius_to_fahrenheit") return add(binary(value, "*", factor), 32n);
      if (key === "fahrenheit_to_celsius") return binary(binary(value, "-", 32n), "*", factor);
      return binary(value, "*", factor);
    },
    TOO_LARGE,
    ["OverflowError"],
  );
}

function squareRoot(number: PythonValue, precision: PythonValue): PythonDict {
  const message = "Input must be a number or computation resulted in an invalid operation";
  try {
    if (ordered(number, "<", 0n)) return failure("Cannot calculate square root of a negative number");
  } catch (error) {
    if (error instanceof PythonError && error.kind === "TypeError") return failure(message);
    throw error;
  }
  return computed(() => decimalSquareRoot(number, precision), message, ["TypeError", "InvalidOperation"]);
}

function percentage(part: PythonValue, whole: PythonValue): PythonDict {
  if (equals(whole, 0n)) return failure("Whole value cannot be zero");
  return computed(() => binary(binary(part, "/", whole), "*", 100n), NUMBERS);
}

function extreme(numbers: PythonValue, called: "min" | "max"): PythonDict {
  if (!truth(numbers)) return failure(`Cannot find ${called}imum of an empty list`);
  return computed(() => extremeOf(iterate(numbers), called), ALL_NUMBERS);
}
