// What the pages ask of the hub, and what they make of it.
import { queryOptions } from "@tanstack/react-query";
import { intake } from "@/api/clients";
import { queryKeys } from "@/api/queryKeys";
import { Upload_State as State, type Upload, type UploadSentence } from "@/gen/relief/v1/intake_service_pb";
import { language } from "@/locales";

const WORKING = new Set([State.READING, State.TRYING, State.LOADING]);

export const isWorking = (upload: Upload) => WORKING.has(upload.state);

export function uploadQuery(uploadId: string) {
  return queryOptions({
    queryKey: queryKeys.uploads.one(uploadId),
    queryFn: ({ signal }) => intake.getUpload({ uploadId }, { signal }),
    refetchInterval: (query) => (query.state.data && isWorking(query.state.data) ? 1000 : false),
  });
}

export function sentence(said?: UploadSentence): string {
  return said ? (language() === "zh" ? said.textZh : said.textEn) : "";
}
