// Shares with their confidence intervals, in words.
import type { QualityReport_Share } from "@/gen/relief/v1/review_service_pb";

const percent = (value: number) => `${(100 * value).toFixed(1)} %`;

// "98.2 %"; nothing where nothing was counted.
export function shareText(share: QualityReport_Share | undefined): string {
  return share && share.of > 0n ? percent(share.value) : "—";
}

// "95.1 % – 99.4 %"
export function intervalText(share: QualityReport_Share | undefined): string {
  return share && share.of > 0n ? `${percent(share.low)} – ${percent(share.high)}` : "";
}
