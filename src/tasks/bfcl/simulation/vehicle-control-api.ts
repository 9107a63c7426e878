/** `VehicleControlAPI`: a car. Some of its state is private: it changes what happens, but is not compared. */
import { add, binary } from "../python/arithmetic.js";
import { type CallArguments, iterate, makeFloat } from "../python/builtins.js";
import { equals, ordered, truth } from "../python/equality.js";
import { PythonError } from "../python/error.js";
import type { PythonRandom } from "../python/random.js";
import { str } from "../python/repr.js";
import { PythonDict, type PythonValue, typeName } from "../python/value.js";
import { configured, configuredRandom, failure, MethodTable, record, ValueApi } from "./api.js";
import { dictWith } from "./attribute.js";
import type { SimulationProcess } from "./world.js";

const SEED = 141053n;
const LARGEST_TANK = 50n;
const MILES_PER_GALLON = 20;

/** Public attributes with their defaults, in Python's order. */
const PUBLIC: readonly (readonly [name: string, fallback: PythonValue])[] = [
  ["fuelLevel", 0],
  ["batteryVoltage", 12.6],
  ["engine_state", "stopped"],
  ["remainingUnlockedDoors", 4n],
  ["doorStatus", null],
  ["acTemperature", 25],
  ["fanSpeed", 50n],
  ["acMode", "auto"],
  ["humidityLevel", 50],
  ["headLightStatus", "off"],
  ["parkingBrakeStatus", "released"],
  ["brakePedalStatus", "released"],
  ["distanceToNextVehicle", 50],
  ["cruiseStatus", "inactive"],
  ["destination", "None"],
  ["frontLeftTirePressure", 32],
  ["frontRightTirePressure", 32],
  ["rearLeftTirePressure", 30],
  ["rearRightTirePressure", 30],
];

const METHODS = new MethodTable<VehicleControlApi>("VehicleControlAPI", {
  startEngine: [["ignitionMode"], (api, [mode]) => api.startEngine(mode!)],
  fillFuelTank: [["fuelAmount"], (api, [amount]) => api.fill(amount!)],
  lockDoors: [["unlock", "door"], (api, [unlock, doors]) => api.lockDoors(truth(unlock!), doors!)],
  adjustClimateControl: [
    ["temperature", ["unit", "celsius"], ["fanSpeed", 50n], ["mode", "auto"]],
    (api, values) => api.adjustClimate(values),
  ],
  get_outside_temperature_from_google: [[], (api) => api.outsideTemperature()],
  get_outside_temperature_from_weather_com: [[], () => record({ error: 404n })],
  setHeadlights: [["mode"], (api, [mode]) => api.setHeadlights(mode!)],
  displayCarStatus: [["option"], (api, [option]) => api.status(option!)],
  activateParkingBrake: [["mode"], (api, [mode]) => api.parkingBrake(mode!)],
  pressBrakePedal: [["pedalPosition"], (api, [position]) => api.pressBrake(position!)],
  releaseBrakePedal: [[], (api) => api.releaseBrake()],
  setCruiseControl: [
    ["speed", "activate", "distanceToNextVehicle"],
    (api, [speed, activate, distance]) => api.cruise(speed!, truth(activate!), distance!),
  ],
  get_current_speed: [[], (api) => record({ currentSpeed: api.random.uniform(0, 120) })],
  display_log: [["messages"], (_, [messages]) => record({ log: messages! })],
  estimate_drive_feasibility_by_mileage: [["distance"], (api, [distance]) => api.canDrive(distance!)],
  liter_to_gallon: [["liter"], (_, [liter]) => record({ gallon: binary(liter!, "*", 0.264172) })],
  gallon_to_liter: [["gallon"], (_, [gallon]) => record({ liter: binary(gallon!, "*", 3.78541) })],
  estimate_distance: [["cityA", "cityB"], (api, [one, other]) => api.distance(one!, other!)],
  get_zipcode_based_on_city: [["city"], (_, [city]) => record({ zipcode: ZIP_CODES.get(city!) ?? "00000" })],
  set_navigation: [["destination"], (api, [destination]) => api.navigate(destination!)],
  check_tire_pressure: [[], (api) => api.tirePressure()],
  find_nearest_tire_shop: [[], () => record({ shopLocation: "456 Oakwood Avenue, Rivermist, 83214" })],
});

/** An instance of the class. */
export class VehicleControlApi extends ValueApi {
  readonly className = "VehicleControlAPI";
  readonly methodNames = METHODS.names;
  readonly random: PythonRandom;
  readonly #process: SimulationProcess;
  readonly #state = new PythonDict();
  #parkingBrakeForce: PythonValue;
  #slopeAngle: PythonValue;
  #brakePedalForce: PythonValue;

  constructor(config: PythonDict, process: SimulationProcess) {
    super();
    this.#process = process;
    this.random = configuredRandom(config, SEED);
    for (const [name, fallback] of PUBLIC) {
      this.#state.set(name, configured(config, name === "engine_state" ? "engineState" : name, fallback));
    }
    const doors = configured(config, "doorStatus", defaultDoors());
    this.#state.set("doorStatus", doors);
    const locked = [...dictWith(doors, "keys").values()].filter((status) => status === "locked").length;
    this.#state.set("remainingUnlockedDoors", BigInt(4 - locked));
    this.#parkingBrakeForce = configured(config, "parkingBrakeForce", 0);
    this.#slopeAngle = configured(config, "slopeAngle", 0);
    this.#brakePedalForce = configured(config, "brakePedalForce", 0);
  }

  call(name: string, args: CallArguments): PythonValue {
    return METHODS.call(this, name, args);
  }

  publicState(): [string, PythonValue][] {
    const named = PUBLIC.map(([name]): [string, PythonValue] => [name, this.#get(name)]);
    return [...named, ["long_context", this.#process.padding !== undefined]];
  }

  #get(name: string): PythonValue {
    return this.#state.item(name);
  }

  #set(name: string, value: PythonValue): void {
    this.#state.set(name, value);
  }

  /** A wrong mode has checked everything, and `STOP` has stopped the engine, before it is found wrong. */
  startEngine(mode: PythonValue): PythonValue {
    if (mode === "STOP") this.#set("engine_state", "stopped");
    if (ordered(this.#get("remainingUnlockedDoors"), ">", 0n)) {
      const doors = [...dictWith(this.#get("doorStatus"), "items").entries()];
      const open = doors.filter(([, status]) => status === "unlocked").map(([door]) => str(door));
      return failure(
        `All doors must be locked before starting the engine. Here are the unlocked doors: ${open.join(", ")}`,
      );
    }
    if (this.#get("brakePedalStatus") !== "pressed") {
      return failure("Brake pedal needs to be pressed when starting the engine.");
    }
    if (!equals(this.#brakePedalForce, 1000)) {
      return failure("Must press the brake fully before starting the engine.");
    }
    if (ordered(this.#get("fuelLevel"), "<", 0)) return failure("Fuel tank is empty.");
    if (mode !== "START") return failure("Invalid ignition mode.");
    this.#set("engine_state", "running");
    return record({
      engineState: "running",
      fuelLevel: this.#get("fuelLevel"),
      batteryVoltage: this.#get("batteryVoltage"),
    });
  }

  fill(amount: PythonValue): PythonValue {
    if (ordered(amount, "<", 0n)) return failure("Fuel amount cannot be negative.");
    const level = add(this.#get("fuelLevel"), amount);
    if (ordered(level, ">", LARGEST_TANK)) return failure("Cannot fill gas above the tank capacity.");
    if (ordered(level, "<", 0)) return failure("Fuel tank is empty. Min fuel level is 0 gallons.");
    this.#set("fuelLevel", level);
    return record({ fuelLevel: level });
  }

  /** One door after the other, so those before an unknown one have changed. */
  lockDoors(unlock: boolean, doors: PythonValue): PythonValue {
    const status = unlock ? "unlocked" : "locked";
    const all = dictWith(this.#get("doorStatus"), "__getitem__");
    for (const door of iterate(doors)) {
      if (equals(all.item(door), status)) continue;
      all.set(door, status);
      this.#set("remainingUnlockedDoors", add(this.#get("remainingUnlockedDoors"), unlock ? 1n : -1n));
    }
    return record({ lockStatus: status, remainingUnlockedDoors: this.#get("remainingUnlockedDoors") });
  }

  adjustClimate([temperature, unit, fanSpeed, mode]: readonly PythonValue[]): PythonValue {
    if (!(ordered(0n, "<=", fanSpeed!) && ordered(fanSpeed!, "<=", 100n))) {
      return failure("Fan speed must be between 0 and 100.");
    }
    this.#set("acTemperature", temperature!);
    if (unit === "fahrenheit") {
      const above = binary(temperature!, "-", 32n);
      this.#set("acTemperature", binary(binary(above, "*", 5n), "/", 9n));
    }
    this.#set("fanSpeed", fanSpeed!);
    this.#set("acMode", mode!);
    return record({
      currentACTemperature: temperature!,
      climateMode: mode!,
      humidityLevel: this.#get("humidityLevel"),
    });
  }

  outsideTemperature(): PythonValue {
    const outsideTemperature = this.random.uniform(-10, 40);
    if (this.#process.padding === undefined) return record({ outsideTemperature });
    const weather = this.#process.sharedTable("LONG_WEATHER_EXTENSION");
    weather.set("outsideTemperature", outsideTemperature);
    return weather;
  }

  setHeadlights(mode: PythonValue): PythonValue {
    if (mode !== "on" && mode !== "off" && mode !== "auto") return failure("Invalid headlight mode.");
    const status = mode === "on" ? "on" : "off";
    this.#set("headLightStatus", status);
    return record({ headlightStatus: status });
  }

  status(option: PythonValue): PythonValue {
    const { padding } = this.#process;
    const status =
      padding === undefined
        ? record({})
        : record({ metadata: padding.table("CAR_STATUS_METADATA_EXTENSION") });
    for (const [name, value] of this.#shown(option)) status.set(name, value);
    return status;
  }

  #shown(option: PythonValue): [string, PythonValue][] {
    switch (option) {
      case "fuel":
        return [["fuelLevel", this.#get("fuelLevel")]];
      case "battery":
        return [["batteryVoltage", this.#get("batteryVoltage")]];
      case "doors":
        return [["doorStatus", this.#get("doorStatus")]];
      case "climate":
        return [
          ["currentACTemperature", this.#get("acTemperature")],
          ["fanSpeed", this.#get("fanSpeed")],
          ["climateMode", this.#get("acMode")],
          ["humidityLevel", this.#get("humidityLevel")],
        ];
      case "headlights":
        return [["headlightStatus", this.#get("headLightStatus")]];
      case "parkingBrake":
        return [
          ["parkingBrakeStatus", this.#get("parkingBrakeStatus")],
          ["parkingBrakeForce", this.#parkingBrakeForce],
          ["slopeAngle", this.#slopeAngle],
        ];
      case "brakePedal":
        return [
          ["brakePedalStatus", this.#get("brakePedalStatus")],
          ["brakePedalForce", this.#brakePedalForce],
        ];
      case "engine":
        return [["engineState", this.#get("engine_state")]];
      default:
        return [["error", "Invalid option"]];
    }
  }

  parkingBrake(mode: PythonValue): PythonValue {
    if (mode !== "engage" && mode !== "release") return failure("Invalid mode");
    const status = mode === "engage" ? "engaged" : "released";
    this.#set("parkingBrakeStatus", status);
    this.#parkingBrakeForce = mode === "engage" ? 500 : 0;
    this.#slopeAngle = 10;
    const { padding } = this.#process;
    return record({
      ...(padding === undefined
        ? {}
        : { parkingBrakeInstruction: padding.table("PARKING_BRAKE_INSTRUCTION") }),
      parkingBrakeStatus: status,
      _parkingBrakeForce: this.#parkingBrakeForce,
      _slopeAngle: this.#slopeAngle,
    });
  }

  pressBrake(position: PythonValue): PythonValue {
    if (!(ordered(0n, "<=", position) && ordered(position, "<=", 1n))) {
      return failure("Pedal position must be between 0 and 1.");
    }
    if (equals(position, 0n)) return this.releaseBrake();
    this.#set("brakePedalStatus", "pressed");
    this.#brakePedalForce = binary(position, "*", 1000n);
    return record({ brakePedalStatus: "pressed", brakePedalForce: makeFloat(this.#brakePedalForce) });
  }

  releaseBrake(): PythonValue {
    this.#set("brakePedalStatus", "released");
    this.#brakePedalForce = 0;
    return record({ brakePedalStatus: "released", brakePedalForce: 0 });
  }

  /** The distance is kept even where the speed is refused. */
  cruise(speedGiven: PythonValue, activate: boolean, distanceGiven: PythonValue): PythonValue {
    const distanceToNextVehicle = makeFloat(distanceGiven);
    const speed = makeFloat(speedGiven);
    if (this.#get("engine_state") === "stopped") {
      return failure("Start the engine before activating the cruise control.");
    }
    this.#set("distanceToNextVehicle", distanceToNextVehicle);
    if (activate && (speed < 0 || speed > 120 || speed % 5 !== 0)) return failure("Invalid speed");
    const status = activate ? "active" : "inactive";
    this.#set("cruiseStatus", status);
    return record({ cruiseStatus: status, currentSpeed: speed, distanceToNextVehicle });
  }

  canDrive(distance: PythonValue): PythonValue {
    const range = binary(this.#get("fuelLevel"), "*", MILES_PER_GALLON);
    return record({ canDrive: !ordered(range, "<", distance) });
  }

  distance(one: PythonValue, other: PythonValue): PythonValue {
    const known =
      DISTANCES.get(`${pairKey(one)}|${pairKey(other)}`) ??
      DISTANCES.get(`${pairKey(other)}|${pairKey(one)}`);
    const result =
      known === undefined ? failure("distance not found in database.") : record({ distance: known });
    const { padding } = this.#process;
    if (padding !== undefined) result.set("intermediaryCities", padding.table("INTERMEDIARY_CITIES"));
    return result;
  }

  navigate(destination: PythonValue): PythonValue {
    this.#set("destination", destination);
    if (typeof destination !== "string") {
      throw new PythonError("TypeError", `can only concatenate str (not "${typeName(destination)}") to str`);
    }
    return record({ status: `Navigating to ${destination}` });
  }

  tirePressure(): PythonValue {
    const names = [
      "frontLeftTirePressure",
      "frontRightTirePressure",
      "rearLeftTirePressure",
      "rearRightTirePressure",
    ];
    const pressures = names.map((name) => this.#get(name));
    const mean = binary(pressures.slice(1).reduce(add, pressures[0]!), "/", 4n);
    const healthy = ordered(30n, "<=", mean) && ordered(mean, "<=", 35n);
    const status = PythonDict.of(names.map((name, index) => [name, pressures[index]!]));
    status.set("healthy_tire_pressure", healthy);
    status.set("car_info", this.#process.padding?.table("CAR_STATUS_METADATA_EXTENSION") ?? new PythonDict());
    return status;
  }
}

function defaultDoors(): PythonDict {
  return record({ driver: "unlocked", passenger: "unlocked", rear_left: "unlocked", rear_right: "unlocked" });
}

/** Only texts are in the table. */
function pairKey(city: PythonValue): string {
  return typeof city === "string" && /^\d+$/.test(city) ? city : "?";
}

/** Miles between zip codes, in either direction. */
const DISTANCES: ReadonlyMap<string, number> = new Map([
  ["83214|74532", 750],
  ["56108|62947", 320],
  ["71354|83462", 450],
  ["47329|52013", 290],
  ["69238|51479", 630],
  ["94016|83214", 980],
  ["94016|94704", 600],
  ["94704|08540", 2550],
  ["94016|08540", 1950],
  ["62947|47329", 1053],
  ["94016|62947", 780],
  ["74532|94016", 880],
]);

const ZIP_CODES: ReadonlyMap<PythonValue, string> = new Map<PythonValue, string>([
  ["Rivermist", "83214"],
  ["Stonebrook", "74532"],
  ["Maplecrest", "56108"],
  ["Silverpine", "62947"],
  ["Shadowridge", "71354"],
  ["Sunset Valley", "83462"],
  ["Oakendale", "47329"],
  ["Willowbend", "52013"],
  ["Crescent Hollow", "69238"],
  ["Autumnville", "51479"],
  ["San Francisco", "94016"],
]);
