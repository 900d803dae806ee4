// The names under which the console remembers answers. A key is forgotten or read anew together with all that begin with it.
export const queryKeys = {
  session: ["session"] as const,
  status: ["status"] as const,

  conflicts: {
    all: ["conflicts"] as const,
    lists: ["conflicts", "list"] as const,
    list: (queue: string) => ["conflicts", "list", queue] as const,
    summary: (queue: string) => ["conflicts", "summary", queue] as const,
  },
  cases: {
    all: ["case"] as const,
    one: (conflictId: string) => ["case", conflictId] as const,
  },
  cluster: {
    all: ["cluster"] as const,
    one: (personId: string) => ["cluster", personId] as const,
  },
  proposals: {
    all: ["proposals"] as const,
    list: (withEnded: boolean) => ["proposals", withEnded] as const,
    one: (proposalId: string) => ["proposals", "one", proposalId] as const,
    effect: (proposalId: string) => ["proposals", "effect", proposalId] as const,
    job: (jobId: string) => ["proposals", "job", jobId] as const,
    decisions: (proposalId: string) => ["proposals", "decisions", proposalId] as const,
  },
  decisions: {
    all: ["decisions"] as const,
    list: (mine: boolean, standing: boolean, conflictId: string) => ["decisions", mine, standing, conflictId] as const,
  },
  undoStack: ["undoStack"] as const,
  reviewPolicy: ["reviewPolicy"] as const,
  jobs: ["jobs"] as const,
  bulkPreview: (queue: string, verdict: number) => ["bulkPreview", queue, verdict] as const,
  quality: {
    all: ["quality"] as const,
    samples: ["quality", "samples"] as const,
    report: ["quality", "report"] as const,
    next: (sampleId: string) => ["quality", "next", sampleId] as const,
  },

  findings: {
    all: ["findings"] as const,
    list: (order: string, filter: string) => ["findings", "list", order, filter] as const,
    overdue: ["findings", "overdue"] as const,
    one: (findingId: string) => ["findings", "one", findingId] as const,
    events: (findingId: string, count: string) => ["findings", "events", findingId, count] as const,
  },
  referrals: {
    all: ["referrals"] as const,
    list: (filter: string) => ["referrals", "list", filter] as const,
    one: (referralId: string) => ["referrals", "one", referralId] as const,
    events: (referralId: string, etag: string) => ["referrals", "events", referralId, etag] as const,
  },
  charityProjects: (need: string) => ["charity", "projects", need] as const,
  gaps: {
    all: ["gaps"] as const,
    report: (filter: string, ask: string, groupBy: string) => ["gaps", filter, ask, groupBy] as const,
    monthly: (month: string, region: string, issuer: string) => ["gaps", "monthly", month, region, issuer] as const,
    definitions: ["gaps", "definitions"] as const,
  },

  person: (personId: string, kind: number, caseNumber: string) => ["person", personId, kind, caseNumber] as const,
  lookup: (id: string, source: string, record: string, kind: number, caseNumber: string, at: string) =>
    ["person", id, source, record, kind, caseNumber, at] as const,
  household: (personId: string, kind: number, caseNumber: string) => ["household", personId, kind, caseNumber] as const,
  personLinks: (personId: string, kind: number, caseNumber: string) => ["personLinks", personId, kind, caseNumber] as const,

  uploads: {
    all: ["uploads"] as const,
    list: ["uploads", "list"] as const,
    one: (uploadId: string) => ["uploads", "one", uploadId] as const,
  },
  sources: ["sources"] as const,
  rejections: (sourceId: string) => ["rejections", sourceId] as const,
  schedules: ["schedules"] as const,
  store: ["store"] as const,
  backups: ["backups"] as const,
};
