// The hub's services, over the Connect protocol in JSON. The session travels in a cookie that scripts cannot read.
import { Code, ConnectError, createClient, type Interceptor } from "@connectrpc/connect";
import { createConnectTransport } from "@connectrpc/connect-web";
import { AdminService } from "@/gen/relief/v1/admin_service_pb";
import { CharityService } from "@/gen/relief/v1/charity_service_pb";
import { FeedService } from "@/gen/relief/v1/feed_service_pb";
import { FindingService } from "@/gen/relief/v1/finding_service_pb";
import { IntakeService } from "@/gen/relief/v1/intake_service_pb";
import { ReferralService } from "@/gen/relief/v1/referral_service_pb";
import { RegistryService } from "@/gen/relief/v1/registry_service_pb";
import { ReportService } from "@/gen/relief/v1/report_service_pb";
import { ReviewService } from "@/gen/relief/v1/review_service_pb";
import { sessionLost } from "@/api/session";

const watchSession: Interceptor = (next) => async (request) => {
  try {
    return await next(request);
  } catch (error) {
    if (ConnectError.from(error).code === Code.Unauthenticated) sessionLost();
    throw error;
  }
};

const transport = createConnectTransport({
  baseUrl: "/api",
  useBinaryFormat: false,
  defaultTimeoutMs: 20_000,
  jsonOptions: { ignoreUnknownFields: true }, // a newer hub may say more
  interceptors: [watchSession],
});

export const admin = createClient(AdminService, transport);
export const charities = createClient(CharityService, transport);
export const feeds = createClient(FeedService, transport);
export const findings = createClient(FindingService, transport);
export const intake = createClient(IntakeService, transport);
export const referrals = createClient(ReferralService, transport);
export const registry = createClient(RegistryService, transport);
export const reports = createClient(ReportService, transport);
export const review = createClient(ReviewService, transport);
