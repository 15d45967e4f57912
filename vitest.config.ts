import { configDefaults, defineConfig } from "vitest/config";
import type { TestSpecification } from "vitest/node";
import { BaseSequencer } from "vitest/node";

const tests = [
  "src/**/*.test.ts",
  "test/**/*.test.ts",
  "scripts/**/*.test.{ts,mjs}",
  "examples/ocr/**/*.test.{ts,js,mjs}",
];
/** Suites that read ONNX data, run whole models, mutate files or need the built package. */
const slow = ["test/{onnx,models,fuzz}/**", "{src,test,scripts}/**/*.slow.test.*", "examples/ocr/**"];
/** What says nothing about the Node that runs it: the checkout's own tools and documents, text forms, encodings, the allocation of registers, code for emulated processors. */
const once = [
  "scripts/!(package.slow).test.*",
  "test/golden/**",
  "test/docs/{add-an-operator.slow,operators}.test.*",
  "src/codegen/{arm64,regalloc}/**",
  "src/codegen/x64/{encode,avx512.slow}.test.*",
];
const exclude = [...configDefaults.exclude, ...(process.env["LANEWISE_ONCE"] === "off" ? once : [])];

/** Long files first, so that both processes end together, and each project's in one go, so that they can share a process. */
class LongFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const rank = ({ moduleId, project }: TestSpecification): number => {
      if (project.name !== "slow") return 2;
      return moduleId.includes("/test/onnx/") ? 0 : 1;
    };
    return (await super.sort(files)).sort((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    sequence: { sequencer: LongFirst },
    projects: [
      {
        test: {
          name: "quick",
          include: tests,
          exclude: [...exclude, ...slow],
          // The files share two processes, and the modules in them: loading those anew for each file takes longer than the tests.
          isolate: false,
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "slow",
          include: slow.map((glob) => (glob.endsWith("**") ? `${glob}/*.test.{ts,js,mjs}` : glob)),
          exclude,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
