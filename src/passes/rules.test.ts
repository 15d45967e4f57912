import { stages } from "./pipeline.ts";
import { checkRuleExamples } from "./testdata/check-examples.ts";

checkRuleExamples([...new Set(stages.flatMap(({ rules }) => rules))]);
