import { add } from "./add.ts";
import { concat } from "./concat.ts";
import { conv } from "./conv.ts";
import { dynamicReduce } from "./dynamic-reduce.ts";
import { expand } from "./expand.ts";
import { gather } from "./gather.ts";
import { mul } from "./mul.ts";
import { reduceMax } from "./reduce-max.ts";
import { reduceMean } from "./reduce-mean.ts";
import { reduceMin } from "./reduce-min.ts";
import { reduceProd } from "./reduce-prod.ts";
import { reduceSum } from "./reduce-sum.ts";
import { reshape } from "./reshape.ts";
import { shapeOf } from "./shape-of.ts";
import { sigmoid } from "./sigmoid.ts";
import { size } from "./size.ts";
import { slice } from "./slice.ts";
import { squeeze } from "./squeeze.ts";
import { transpose } from "./transpose.ts";
import { unsqueeze } from "./unsqueeze.ts";

/** Every operator of the engine, in alphabetical order. */
export const ops = {
  add,
  concat,
  conv,
  dynamicReduce,
  expand,
  gather,
  mul,
  reduceMax,
  reduceMean,
  reduceMin,
  reduceProd,
  reduceSum,
  reshape,
  shapeOf,
  sigmoid,
  size,
  slice,
  squeeze,
  transpose,
  unsqueeze,
} as const;

export type OpName = keyof typeof ops;
