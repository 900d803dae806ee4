// Why somebody looks at a person: it goes into the audit chain with every look-up.
import { create } from "@bufbuild/protobuf";
import { PurposeSchema, type Purpose, type Purpose_Kind } from "@/gen/relief/v1/registry_service_pb";

// The kinds that are about a case, and so name it.
export const NEEDS_CASE = ["APPLICATION", "REVIEW", "FINDING"];

export function purposeOf(kind: Purpose_Kind, caseNumber: string): Purpose {
  return create(PurposeSchema, { kind, caseNumber });
}
