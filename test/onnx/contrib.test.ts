import { conformanceSuite } from "./conformance.ts";
import { findConformance } from "./find-conformance.ts";

conformanceSuite(findConformance("contrib"));
