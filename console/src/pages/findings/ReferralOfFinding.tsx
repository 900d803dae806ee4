import { useMutation, useQueryClient } from "@tanstack/react-query";
import { App, Button } from "antd";
import { Link, useNavigate } from "react-router";
import { referrals } from "@/api/clients";
import { messageOf } from "@/api/errors";
import { queryKeys } from "@/api/queryKeys";
import { useSession } from "@/session/session";
import { Finding_State, type Finding } from "@/gen/relief/v1/finding_service_pb";
import { useText } from "@/locales";

// 首问负责: who takes a gap on stays answerable for it.
export function ReferralOfFinding({ finding }: { finding: Finding }) {
  const { t } = useText();
  const { may } = useSession();
  const client = useQueryClient();
  const navigate = useNavigate();
  const { message } = App.useApp();
  const take = useMutation({
    mutationFn: () => referrals.createReferral({ findingId: finding.findingId }),
    onSuccess: (referral) => {
      void client.invalidateQueries({ queryKey: queryKeys.findings.all });
      void client.invalidateQueries({ queryKey: queryKeys.referrals.all });
      void navigate(`/referrals/${encodeURIComponent(referral.referralId)}`);
    },
    onError: (error) => message.error(t("review.failed", { message: messageOf(error) }), 8),
  });
  return (
    <section className="panel">
      <div className="panel-head">
        <h2>{t("referrals.one")}</h2>
      </div>
      <div className="panel-body">
        {finding.referralId ? (
          may("referrals") ? (
            <Link className="cell code" to={`/referrals/${encodeURIComponent(finding.referralId)}`}>
              {finding.referralId}
            </Link>
          ) : (
            <span className="code">{finding.referralId}</span>
          )
        ) : (
          <p className="quiet hint">{t("referrals.none")}</p>
        )}
        {may("refer") && finding.state === Finding_State.OPEN && !finding.referralId && (
          <Button loading={take.isPending} onClick={() => take.mutate()}>
            {t("referrals.take")}
          </Button>
        )}
      </div>
    </section>
  );
}
