/** Accounts of users: tokens, passwords, registration. */
import type { ApiDefinition, Input } from "../api.js";
import { all, anyOutput, exact, sameInput } from "../check.js";
import { dictionaryIn, itemOf } from "../python/access.js";
import { raise } from "../python/error.js";
import { dictionaryOf, type PythonValue, pythonEqual } from "../python/value.js";
import type { World } from "../world.js";
import { userOfToken } from "./tokens.js";

export const accountApis: readonly ApiDefinition[] = [
  { name: "GetUserToken", required: ["username", "password"], run: getUserToken, check: exact },
  {
    name: "CheckToken",
    required: ["token"],
    result: "without-name",
    run: (input, world) => dictionaryOf({ username: String(userOfToken(input.value("token"), world)) }),
    check: exact,
  },
  { name: "DeleteAccount", required: ["token"], result: "without-name", run: deleteAccount, check: exact },
  {
    name: "RegisterUser",
    required: ["username", "password", "email"],
    result: "without-name",
    run: registerUser,
    check: all(sameInput, anyOutput),
  },
  {
    name: "ModifyPassword",
    required: ["token", "old_password", "new_password"],
    run: modifyPassword,
    check: exact,
  },
  {
    name: "ForgotPassword",
    required: ["status"],
    optional: ["username", "email", "verification_code", "new_password"],
    result: "without-name",
    run: forgotPassword,
    check: exact,
  },
];

function getUserToken(input: Input, world: World): PythonValue {
  const account = world.database("Account").get(input.text("username"));
  if (account === undefined) return raise("The username does not exist.");
  if (!pythonEqual(itemOf(account, "password"), input.value("password"))) raise("The password is incorrect.");
  return dictionaryOf({ token: itemOf(account, "token") });
}

function deleteAccount(input: Input, world: World): PythonValue {
  world.database("Account").delete(userOfToken(input.value("token"), world));
  return dictionaryOf({ status: "success" });
}

function registerUser(input: Input, world: World): PythonValue {
  const accounts = world.database("Account");
  if (accounts.has(input.text("username"))) raise("The username already exists.");
  const token = world.ids.token();
  const row = { password: input.value("password"), token, email: input.value("email") };
  accounts.set(input.text("username"), dictionaryOf(row));
  return dictionaryOf({ token });
}

function modifyPassword(input: Input, world: World): PythonValue {
  const account = world.database("Account").get(userOfToken(input.value("token"), world)) ?? null;
  if (!pythonEqual(itemOf(account, "password"), input.value("old_password"))) {
    raise("The old password is incorrect.");
  }
  dictionaryIn(account).set("password", input.value("new_password"));
  return dictionaryOf({ status: "success" });
}

/** The code that every user is sent. */
const verificationCode = 970420n;

function forgotPassword(input: Input, world: World): PythonValue {
  const status = input.value("status");
  if (status === "Forgot Password") return sendCode(input, world);
  if (status === "Verification Code") return resetPassword(input, world);
  return raise("The status is only 'Forgot Password' or 'Verification Code'.");
}

function sendCode(input: Input, world: World): PythonValue {
  if (!input.has("username") || !input.has("email")) {
    raise("The username and email are required for the first call.");
  }
  const account = world.database("Account").get(input.text("username"));
  if (account === undefined) return raise("The username does not exist.");
  if (!pythonEqual(itemOf(account, "email"), input.value("email"))) raise("The email is incorrect.");
  world.passwordReset = input.text("username");
  return verificationCode;
}

function resetPassword(input: Input, world: World): PythonValue {
  const username = world.passwordReset;
  if (username === undefined)
    return raise("You need to call the API with status 'Forgot Password' at first.");
  if (!input.has("new_password") || !input.has("verification_code")) {
    raise("The new password and verification code are required for the second call.");
  }
  if (!pythonEqual(input.value("verification_code"), verificationCode)) {
    raise("The verification code is incorrect.");
  }
  const account = itemOf(world.database("Account"), username);
  dictionaryIn(account).set("password", input.value("new_password"));
  return "success";
}
