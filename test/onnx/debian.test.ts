import { existsSync } from "node:fs";
import { conformanceSuite, debianVersion } from "./conformance.ts";

const folder = "/usr/share/libonnx-testdata/data";

conformanceSuite({
  name: "debian",
  data: existsSync(folder) ? { folder, release: () => undefined } : undefined,
  howToGet: "apt-get install libonnx-testdata",
  version: debianVersion("libonnx-testdata") ?? "unknown version",
});
