import { describe, expect, test } from "vitest";
import type { Dim } from "./dim.ts";
import {
  addDims,
  bindDim,
  broadcastDims,
  dimAtLeast,
  dimEquals,
  dimToString,
  exactDivDims,
  floorDivDims,
  hasElements,
  isUnknownDim,
  maxDims,
  minDims,
  modDims,
  mulDims,
  parseDim,
  productOfDims,
  solveDim,
  subDims,
  substituteDim,
  symbol,
  symbolsOf,
  unknownDim,
} from "./dim.ts";
import { dimEvaluator } from "./dim-evaluator.ts";

function dim(text: string): Dim {
  const parsed = parseDim(text);
  if (parsed === undefined) throw new Error(`"${text}" does not parse`);
  return parsed;
}

const normal = (text: string) => dimToString(dim(text));

describe("normal form", () => {
  test.each([
    ["1+T", "T+1"],
    ["3 - N", "-N+3"],
    ["N*2*T", "2*N*T"],
    ["(T+1)*(T-1)", "T*T-1"],
    ["N+M-N", "M"],
    ["N-N", "0"],
    ["7//2", "3"],
    ["-7//2", "-4"],
    ["-7%3", "2"],
    ["2*N/2", "N"],
    ["2*(N/2)", "N"],
    ["N*T/N", "T"],
    ["6*N*T/(2*T)", "3*N"],
    ["(N*T+N)/(T+1)", "N"],
    ["N/2+M/2", "(M+N)/2"],
    ["3/2", "?"],
    ["N//1", "N"],
    ["N//0", "?"],
    ["(4*N+7)//2", "2*N+3"],
    ["(2*N+1)//3", "floor((2*N+1)/3)"],
    ["(3*N+2)//6", "floor(N/2)"],
    ["N//(2*T)", "floor(N/(2*T))"],
    ["(3*N+3*T+5)//6", "floor((N+T+1)/2)"],
    ["N//2//3", "floor(N/6)"],
    ["((N+1)//2+1)//2", "floor((N+3)/4)"],
    ["(N-1)//2+1", "floor((N+1)/2)"],
    ["(N*T+3)//T", "N+floor(3/T)"],
    ["N*T//(N*S)", "floor(T/S)"],
    ["N//(N+1)", "0"],
    ["N%8", "N-8*floor(N/8)"],
    ["N-N%8", "8*floor(N/8)"],
    ["N*T%T", "0"],
    ["ceil(N/8)", "floor((N+7)/8)"],
    ["-(-N//8)", "floor((N+7)/8)"],
    ["N+(8-N%8)%8", "8*floor((N+7)/8)"],
    ["min(N, 4)", "min(N,4)"],
    ["min(N+1, 5)", "min(N,4)+1"],
    ["min(2*N, 4)", "2*min(N,2)"],
    ["min(2*N, 3*N)", "2*N"],
    ["min(N, N+T)", "N"],
    ["min(N, min(T, N))", "min(N,T)"],
    ["min(N//2, N)", "floor(N/2)"],
    ["min(N, 9007199254740991)", "N"],
    ["max(N, 0)", "N"],
    ["max(N-3, 0)", "max(N,3)-3"],
    ["max(N+1, 1)", "N+1"],
    ["max(min(N,4), 5)", "5"],
    ["broadcast(N, 1)", "N"],
    ["broadcast(N, 3)", "3"],
    ["broadcast(T, N)", "broadcast(N,T)"],
    ["broadcast(N+2, T)", "N+2"],
    ["broadcast(broadcast(N,T),N)", "broadcast(N,T)"],
    ["broadcast(min(T,64),T)", "T"],
    ["broadcast(min(T,1),T)", "broadcast(T,min(T,1))"],
    ["0*?", "0"],
    ["?-?", "?"],
    ['"a b" + "?"', '"?"+"a b"'],
    ["Max(1, s0//2)", "max(floor(s0/2),1)"],
  ])("%s is %s", (text, expected) => {
    expect(normal(text)).toBe(expected);
  });

  test.each([
    "",
    "N+",
    "(N",
    "N)",
    "N N",
    "2N",
    "foo(N)",
    "floor(N,2)",
    "mod(N)",
    "N**2",
    "min()",
    '"a',
    '"\\x"',
    "1.5",
    "é$",
  ])("%j does not parse", (text) => {
    expect(parseDim(text)).toBeUndefined();
  });

  test("a text nested without end does not parse, and does not overflow the stack", () => {
    expect(parseDim("(".repeat(100_000))).toBeUndefined();
    expect(parseDim(`${"-".repeat(100_000)}N`)).toBeUndefined();
  });

  test("what leaves the exact integers is unknown", () => {
    expect(isUnknownDim(mulDims(2 ** 30, 2 ** 30))).toBe(true);
    expect(isUnknownDim(mulDims(dim("1073741824*N"), 2 ** 30))).toBe(true);
    expect(isUnknownDim(addDims(0.5, 0))).toBe(true);
    expect(floorDivDims(Number.MAX_SAFE_INTEGER, 2)).toBe(2 ** 52 - 1);
  });

  test("an expression that grows without bound becomes unknown", () => {
    let d: Dim = dim("a+b+c+d+e");
    for (let i = 0; i < 10; i++) d = mulDims(d, d);
    expect(isUnknownDim(d)).toBe(true);
  });
});

describe("equality", () => {
  test("unknown equals nothing, itself included", () => {
    expect(dimEquals(unknownDim, unknownDim)).toBe(false);
    expect(dimEquals(unknownDim, 3)).toBe(false);
  });

  test("a symbol called ? is not the unknown dim", () => {
    const odd = symbol("?");
    expect(dimEquals(odd, symbol("?"))).toBe(true);
    expect(dimToString(odd)).toBe('"?"');
    expect(isUnknownDim(odd)).toBe(false);
  });

  test("the way an expression was made does not matter", () => {
    expect(dimEquals(dim("T+1+T"), dim("1+2*T"))).toBe(true);
    expect(dimEquals(dim("T"), dim("T+1"))).toBe(false);
    expect(dimEquals(dim("T"), 4)).toBe(false);
  });
});

describe("broadcastDims", () => {
  test("two different numbers, neither 1, do not broadcast", () => {
    expect(broadcastDims(2, 3)).toBeUndefined();
    expect(broadcastDims(0, 2)).toBeUndefined();
  });

  test("zero stays zero beside one", () => {
    expect(broadcastDims(0, 1)).toBe(0);
    expect(broadcastDims(1, 0)).toBe(0);
  });

  test("a number above 1 decides, also against the unknown", () => {
    expect(broadcastDims(unknownDim, 5)).toBe(5);
    expect(isUnknownDim(broadcastDims(unknownDim, 1) ?? 0)).toBe(true);
  });
});

describe("dimAtLeast", () => {
  test.each([
    ["N", 0, true],
    ["N", 1, false],
    ["N+1", 1, true],
    ["2*N*T+3", 3, true],
    ["N-1", 0, false],
    ["?", 0, false],
    ["N%8", 0, true],
    ["N-floor(N/3)", 0, true],
    ["8*floor((N+7)/8)-N", 0, true],
    ["N-min(N,4)", 0, true],
    ["max(N,3)-3", 0, true],
    ["min(N,4)+max(N,4)-N-4", 0, true],
    ["floor((N+8)/4)", 2, true],
    ["N/2", 0, true],
    ["broadcast(N+1,T+1)", 1, true],
  ])("%s >= %d: %s", (text, least, expected) => {
    expect(dimAtLeast(dim(text), least)).toBe(expected);
  });
});

describe("binding", () => {
  test("undefined while a symbol is missing or when there is no value", () => {
    const bindings = new Map([["N", 3]]);
    expect(bindDim(dim("2*N+1"), bindings)).toBe(7);
    expect(bindDim(dim("N+T"), bindings)).toBeUndefined();
    expect(bindDim(dim("?"), bindings)).toBeUndefined();
    expect(bindDim(dim("N/2"), bindings)).toBeUndefined();
    expect(bindDim(dim("4//(N-3)"), bindings)).toBeUndefined();
    expect(bindDim(dim("broadcast(N,T)"), new Map([...bindings, ["T", 4]]))).toBeUndefined();
    expect(bindDim(dim("broadcast(N,T)"), new Map([...bindings, ["T", 1]]))).toBe(3);
  });

  test("symbols are listed once, nested ones too", () => {
    expect(symbolsOf(dim("N*floor(T/N)+max(S,2)"))).toEqual(["N", "T", "S"]);
    expect(symbolsOf(4)).toEqual([]);
  });

  test("substitution by expressions simplifies", () => {
    const d = substituteDim(dim("floor(N/2)+T"), new Map<string, Dim>([["N", dim("4*B")]]));
    expect(dimToString(d)).toBe("2*B+T");
  });

  test.each([
    ["N", 5, true, 5],
    ["2*N+1", 7, true, 3],
    ["2*N+1", 8, false, undefined],
    ["N+3", 2, false, undefined],
    ["N/4", 3, true, 12],
    ["5-N", 2, true, 3],
    ["N*N", 9, true, undefined],
    ["N+M", 9, true, undefined],
    ["7", 7, true, undefined],
    ["7", 8, false, undefined],
    ["?", 8, true, undefined],
  ])("solving %s = %d: %s", (text, value, possible, n) => {
    const bindings = new Map<string, number>();
    expect(solveDim(dim(text), value, bindings)).toBe(possible);
    expect(bindings.get("N")).toBe(n);
  });

  test("solving uses what is bound, and finds contradictions", () => {
    const bindings = new Map([["N", 2]]);
    expect(solveDim(dim("N*T"), 8, bindings)).toBe(true);
    expect(bindings.get("T")).toBe(4);
    expect(solveDim(dim("N+T"), 7, bindings)).toBe(false);
  });

  test("elements of inputs may be below 0, sizes may not", () => {
    expect(["n[0]", '2*"odd name[3]"', "max(N,n[0])", "N", '"[0]n"'].map((text) => hasElements(dim(text)))).toEqual([
      true,
      true,
      true,
      false,
      false,
    ]);
    expect(dimAtLeast(dim("N+n[0]"), 0)).toBe(false);
    expect(dimAtLeast(dim("max(n[0],0)+N"), 0)).toBe(true);
    expect(normal("max(n[0],4)")).toBe("max(n[0],4)");
    expect(normal("max(N,0)")).toBe("N");
  });

  test("a dim that has no size for some values has none again and again", () => {
    const quotient = dimEvaluator(dim("8//N"), ["N"]);
    expect([quotient([2]), quotient([0]), quotient([3]), quotient([])]).toEqual([4, Number.NaN, 2, Number.NaN]);
    const half = dimEvaluator(dim("N/2"), ["N"]);
    expect([half([4]), half([5])]).toEqual([2, Number.NaN]);
    expect(dimEvaluator(dim("N*N"), ["N"])([2 ** 30])).toBeNaN();
    expect(dimEvaluator(unknownDim, [])([])).toBeNaN();
  });

  test("the product of dims", () => {
    expect(dimToString(productOfDims([2, dim("N"), dim("T+1")]))).toBe("2*N*T+2*N");
    expect(productOfDims([])).toBe(1);
    expect(productOfDims([unknownDim, 0])).toBe(0);
  });
});

/** A random expression with its value computed directly, undefined where the direct computation has none. */
interface Sample {
  readonly dim: Dim;
  readonly value: (bindings: ReadonlyMap<string, number>) => number | undefined;
}

type Operation = (a: number, b: number) => number | undefined;

const operations: readonly (readonly [(a: Dim, b: Dim) => Dim | undefined, Operation])[] = [
  [addDims, (a, b) => a + b],
  [subDims, (a, b) => a - b],
  [mulDims, (a, b) => a * b],
  [floorDivDims, (a, b) => (b === 0 ? undefined : Math.floor(a / b))],
  [modDims, (a, b) => (b === 0 ? undefined : a - b * Math.floor(a / b))],
  [minDims, Math.min],
  [maxDims, Math.max],
  [exactDivDims, (a, b) => (b !== 0 && a % b === 0 ? a / b : undefined)],
  [broadcastDims, (a, b) => (a === 1 ? b : b === 1 || a === b ? a : undefined)],
];

const sizeNames = ["N", "T", "S"];
/** An element of an input, which may be below 0. */
const element = "e[0]";

function sample(random: () => number, depth: number): Sample {
  const pick = (n: number) => Math.floor(random() * n);
  if (depth === 0 || random() < 0.15) {
    const name = [...sizeNames, element][pick(4)]!;
    const constant = pick(10) - 2;
    return random() < 0.6
      ? { dim: symbol(name), value: (bindings) => bindings.get(name) }
      : { dim: constant, value: () => constant };
  }
  const a = sample(random, depth - 1);
  const b = sample(random, depth - 1);
  const [combine, direct] = operations[pick(operations.length)]!;
  const dim = combine(a.dim, b.dim);
  if (dim === undefined) return a;
  const value: Sample["value"] = (bindings) => {
    const x = a.value(bindings);
    const y = b.value(bindings);
    return x === undefined || y === undefined ? undefined : direct(x, y);
  };
  return { dim, value };
}

/** mulberry32: enough for tests, and the seed is one number. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

test("random expressions agree with direct evaluation, print and parse back, and respect their bounds", () => {
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  const random = generator(seed);
  let compared = 0;
  for (let i = 0; i < 4000; i++) {
    const { dim: d, value } = sample(random, 1 + Math.floor(random() * 4));
    const text = dimToString(d);
    expect(normal(text), `seed ${seed}, case ${i}`).toBe(text);
    if (isUnknownDim(d)) continue;
    const least = [-3, 0, 1, 4].filter((n) => dimAtLeast(d, n));
    for (let j = 0; j < 6; j++) {
      const bindings = new Map(sizeNames.map((name) => [name, Math.floor(random() ** 2 * 30)]));
      bindings.set(element, Math.floor((random() - 0.5) * 40));
      const expected = value(bindings);
      if (expected === undefined || !Number.isSafeInteger(expected)) continue;
      const where = `seed ${seed}, case ${i}: ${text} at ${JSON.stringify([...bindings])}`;
      expect(bindDim(d, bindings), where).toBe(expected + 0);
      const names = [...bindings.keys()];
      expect(dimEvaluator(d, names)([...bindings.values()]), where).toBe(expected + 0);
      for (const n of least) expect(expected, `${where} >= ${n}`).toBeGreaterThanOrEqual(n);
      compared++;
    }
  }
  expect(compared).toBeGreaterThan(5000);
});
