// `npm run demo`: examples/ocr/main.js, with paths on its command line read from the folder where npm was started.
import { fileURLToPath } from "node:url";

const main = new URL("../examples/ocr/main.js", import.meta.url);
process.argv[1] = fileURLToPath(main);
process.chdir(process.env.INIT_CWD ?? process.cwd());
await import(main.href);
