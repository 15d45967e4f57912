import { configDefaults, defineConfig } from "vitest/config";

const tests = [
  "src/**/*.test.ts",
  "test/**/*.test.ts",
  "scripts/**/*.test.{ts,mjs}",
  "examples/ocr/**/*.test.{ts,js,mjs}",
];
/** Suites that read ONNX data, run whole models, mutate files or need the built package. */
const slow = ["test/{onnx,models,fuzz}/**", "{src,test,scripts}/**/*.slow.test.*", "examples/ocr/**"];

export default defineConfig({
  test: {
    pool: "forks",
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: "quick",
          include: tests,
          exclude: [...configDefaults.exclude, ...slow],
          testTimeout: 30_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "slow",
          include: slow.map((glob) => (glob.endsWith("**") ? `${glob}/*.test.{ts,js,mjs}` : glob)),
          exclude: configDefaults.exclude,
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
