// Each page is a file of its own that the browser loads when it is first opened.
import { createBrowserRouter, Navigate } from "react-router";
import { Guard } from "@/app/Guard";
import { homeOf } from "@/session/rights";
import { useSession } from "@/session/session";
import { Shell } from "@/app/Shell";
import { NoSuchPage, PageFailed, PageSkeleton } from "@/parts/states";

function Home() {
  return <Navigate to={homeOf(useSession().session.role)} replace />;
}

export const router = createBrowserRouter([
  {
    Component: Shell,
    ErrorBoundary: PageFailed,
    HydrateFallback: PageSkeleton,
    children: [
      { index: true, Component: Home },
      {
        element: <Guard right="review" />,
        children: [
          { path: "review", lazy: () => import("@/pages/review/ReviewPage") },
          { path: "review/decisions", lazy: () => import("@/pages/review/DecisionsPage") },
          { path: "review/proposals", lazy: () => import("@/pages/review/ProposalsPage") },
          { path: "review/proposals/:proposalId", lazy: () => import("@/pages/review/ProposalPage") },
          { path: "review/jobs", lazy: () => import("@/pages/review/JobsPage") },
          { path: "review/quality", lazy: () => import("@/pages/review/QualityPage") },
        ],
      },
      {
        element: <Guard right="decide" />,
        children: [
          { path: "review/cluster/:personId", lazy: () => import("@/pages/review/ClusterPage") },
          { path: "review/quality/:sampleId", lazy: () => import("@/pages/review/JudgePage") },
        ],
      },
      {
        element: <Guard right="findings" />,
        children: [
          { path: "findings", lazy: () => import("@/pages/findings/FindingsPage") },
          { path: "findings/:findingId", lazy: () => import("@/pages/findings/FindingPage") },
        ],
      },
      {
        element: <Guard right="gaps" />,
        children: [
          { path: "gaps", lazy: () => import("@/pages/gaps/GapsPage") },
          { path: "gaps/monthly", lazy: () => import("@/pages/gaps/MonthlyPage") },
        ],
      },
      {
        element: <Guard right="referrals" />,
        children: [
          { path: "referrals", lazy: () => import("@/pages/referrals/ReferralsPage") },
          { path: "referrals/:referralId", lazy: () => import("@/pages/referrals/ReferralPage") },
        ],
      },
      {
        element: <Guard right="charity" />,
        children: [{ path: "charity", lazy: () => import("@/pages/charity/CharityPage") }],
      },
      {
        element: <Guard right="person" />,
        children: [{ path: "person", lazy: () => import("@/pages/person/PersonPage") }],
      },
      {
        element: <Guard right="feed" />,
        children: [
          { path: "intake", lazy: () => import("@/pages/intake/IntakePage") },
          { path: "intake/:uploadId", lazy: () => import("@/pages/intake/UploadPage") },
        ],
      },
      {
        element: <Guard right="operations" />,
        children: [{ path: "operations", lazy: () => import("@/pages/operations/OperationsPage") }],
      },
      { path: "*", Component: NoSuchPage },
    ],
  },
]);
