/** Texts that are written to hang, crash or escape the simulations: every one ends soon, with a verdict or an error text. */
import { beforeAll, describe, expect, it } from "vitest";
import { loadSyntaxParsers } from "../../src/cli/syntax-parsers.js";
import { javaValue } from "../../src/tasks/bfcl/convert/java-values.js";
import { javascriptValue } from "../../src/tasks/bfcl/convert/javascript-values.js";
import { decodeOutput } from "../../src/tasks/bfcl/decode/decode.js";
import { executionCalls } from "../../src/tasks/bfcl/decode/execution-calls.js";
import type { SyntaxParsers } from "../../src/tasks/bfcl/index.js";
import { startAllowance } from "../../src/tasks/bfcl/python/allowance.js";
import { PythonDict } from "../../src/tasks/bfcl/python/value.js";
import { SIMULATED_CLASSES } from "../../src/tasks/bfcl/simulation/classes.js";
import { SimulationSession } from "../../src/tasks/bfcl/simulation/session.js";
import { SimulationProcess } from "../../src/tasks/bfcl/simulation/world.js";

/** Milliseconds within which everything ends, also on a busy machine. */
const SOON = 10_000;

let parsers: SyntaxParsers;
beforeAll(async () => {
  parsers = await loadSyntaxParsers();
});

function session(): SimulationSession {
  startAllowance();
  const process = new SimulationProcess({ year: 2026, month: 1, day: 1 });
  const initial = new PythonDict();
  return new SimulationSession({ classes: [...SIMULATED_CLASSES.keys()], initial, process, owner: "model" });
}

function soon<T>(work: () => T): T {
  const start = performance.now();
  const result = work();
  expect(performance.now() - start).toBeLessThan(SOON);
  return result;
}

describe("decoding", () => {
  const outputs = [
    "f(".repeat(5000),
    `[f(a=${"[".repeat(5000)}1${"]".repeat(5000)})]`,
    `[f(a=${"-".repeat(50000)}1)]`,
    `[f(a=${"not ".repeat(50000)}1)]`,
    `[f(a=${"1+".repeat(50000)}1)]`,
    `[f(a${".b".repeat(50000)})]`,
    "[f(a=9**9**9**9)]",
    "[f(a='a'*10**12)]",
    "[f(a=[[0]*10**6]*10**6)]",
    `[f(a='${"\\".repeat(50001)}')]`,
    "\u0000".repeat(1000),
    `f(a=${"[[".repeat(20000)}`,
    `[f(a=${"(0,)*10**6+".repeat(900)}(0,))]`,
    `[f(a=${"b'x'*10**6+".repeat(900)}b'')]`,
    `[f(a=[${"[0]*10**6,".repeat(60_000)}])]`,
    `[f(a=[${"3**600000,".repeat(60_000)}])]`,
    `[f(a=[${"1.1**5.5,".repeat(60_000)}])]`,
    "[f(a=0+sum([[0]]*10**6,[]))]",
    "[f(a=0+len(('a'*10**6).replace('a','b'*10**6)))]",
    "[f(a=0+len(','.join(['a'*10**6]*10**6)))]",
    "[f(a=0+([[0]*10**6]*10**6).count([0]*(10**6-1)+[1]))]",
    "[f(a=0+len(sorted([[0]*10**6]*10**6)))]",
    "[f(a='%s'*400000%(('a'*10**6,)*400000))]",
    "[f(a=[('a'*10**6)[0:10**6:1]]*2+[('a'*10**6)[5]])]",
    `f(a=new HashMap<String>(){{${'put("a",'.repeat(10000)}}})`,
  ];

  it.each(outputs.map((output) => [output.slice(0, 24), output] as const))("ends on %s…", (_, output) => {
    startAllowance();
    for (const language of ["python", "java", "javascript"] as const) {
      soon(() => decodeOutput(output, { language, parsers }));
    }
    soon(() => executionCalls(output));
  });

  it.each(["array", "dict"])("converts hostile JavaScript texts of type %s", (type) => {
    const texts = [
      `[${"[a],".repeat(9000)}`,
      `{${"a:,".repeat(12000)}}`,
      `[[${"],[".repeat(9000)}`,
      `{${" ".repeat(40000)}}`,
    ];
    for (const text of texts) soon(() => javascriptValue(text, type));
  });

  it.each(["Array", "ArrayList", "HashMap"])("converts hostile Java texts of type %s", (type) => {
    const texts = [
      "new ArrayList<>(Arrays.asList(".repeat(1500),
      `new HashMap<${">".repeat(40000)}`,
      `new HashMap<>(){{${'put("",'.repeat(6000)}}}`,
    ];
    for (const text of texts) soon(() => javaValue(text, type, "String"));
  });
});

describe("simulations", () => {
  it.each([
    "open(file='/etc/passwd')",
    "__import__(name='os')",
    "eval(source='1')",
    "cat.__globals__(a=1)",
    "model_MathAPI_instance.constructor(a=1)",
    "constructor(a=1)",
    "toString()",
    "__proto__(a=1)",
  ])("%s is an error", (call) => expect(session().execute(call)).toMatch(/^Error during execution: /));

  it("bounds precision, powers and copies", () => {
    const all = session();
    expect(soon(() => all.execute("logarithm(value=2, base=10, precision=10**9)"))).toMatch(/error/);
    expect(soon(() => all.execute("square_root(number=2, precision=10**9)"))).toMatch(/rror/);
    expect(soon(() => all.execute("power(base=9, exponent=9**9)"))).toMatch(/^Error/);
  });

  it("bounds trees that share their branches, and tweets that hold each other", () => {
    const all = session();
    all.execute("mkdir(dir_name='a')");
    for (let round = 0; round < 40; round++) {
      all.execute(`cp(source='a', destination='b${round}')`);
      all.execute(`mv(source='b${round}', destination='a')`);
      all.execute("cp(source='a', destination='a')");
    }
    soon(() => all.execute("find(path='.', name='b')"));
    soon(() => all.execute("du(human_readable=True)"));
    all.execute("authenticate_twitter(username='john', password='john123')");
    for (let round = 0; round < 60; round++) {
      all.execute("post_tweet(content=[get_user_tweets('john'), get_user_tweets('john')])");
    }
    expect(soon(() => all.execute("get_user_tweets(username='john')"))).toMatch(/^Error/);
    const others = session();
    soon(() => all.instances.get("TwitterAPI")!.differences(others.instances.get("TwitterAPI")!));
    soon(() =>
      all.instances.get("GorillaFileSystem")!.differences(others.instances.get("GorillaFileSystem")!),
    );
  });
});

describe("a session of many costly calls", () => {
  it("costs no more than one", () => {
    const all = session();
    const call = "post_tweet(content=[[0]*10**6, 3**600000 % 7, sorted([[0]*10**5]*100)])";
    soon(() => {
      for (let round = 0; round < 2000; round++) all.execute(call);
    });
    expect(all.execute("add(a=1.5+1, b=2)")).toMatch(/^Error|result/);
  });
});
