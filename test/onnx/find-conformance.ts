import { findShared } from "../support/shared-data.ts";
import type { Suite } from "./conformance.ts";

/** One of the archives of cases. */
export const findConformance = (name: string): Suite => ({
  name,
  data: findShared("conformance", "ONNX_TEST_DATA", name),
  howToGet: `put ${name}.tar.xz into ../shared/conformance, or name the folder that has it in ONNX_TEST_DATA`,
});
