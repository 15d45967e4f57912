import { Command } from "commander";

await new Command("lanewise").description("Runs ONNX models.").parseAsync();
