// @ts-check
import { readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { load } from "lanewise";
import { registerSoftcap } from "./softcap.js";

const { values } = parseArgs({ options: { target: { type: "string", default: "auto" } } });
registerSoftcap();
const model = await load(await readFile(new URL("scores.onnx", import.meta.url)), { target: values.target });
const { y } = await model.run({ x: [-100, -2, 0, 100] });
const { target, steps: all, evalSteps } = model.info;
const steps = all - evalSteps;
console.log(`y = ${Array.from(/** @type {Float32Array} */ (y.data), (value) => value.toFixed(4)).join(", ")}`);
console.log(`${target}: ${steps} kernel steps and ${evalSteps} evaluated ones for 3 operators`);
model.dispose();
