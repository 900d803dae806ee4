// One restrained palette. Every text colour has at least 4.5:1 against the surface it stands on (WCAG AA).
import type { ThemeConfig } from "antd";

export const color = {
  ink: "#1c2833",
  quiet: "#55636f", // 6.1:1 on white
  line: "#dde3e8",
  ground: "#f4f6f8",
  brand: "#1b5a8c", // 7.1:1
  for: "#1f7a55", // speaks for "same": 5.4:1
  against: "#b3412e", // speaks against: 5.7:1
  warn: "#8a5a00", // 5.9:1
  missing: "#b06a00",
  navy: "#14293d",
};

export const theme: ThemeConfig = {
  hashed: false,
  token: {
    colorPrimary: color.brand,
    colorInfo: color.brand,
    colorLink: color.brand,
    colorSuccess: color.for,
    colorError: color.against,
    colorWarning: "#b7791f",
    colorInfoBg: "#e8f1f8", // the derived ones are muddy
    colorInfoBorder: "#b9d2e6",
    colorSuccessBg: "#e6f4ec",
    colorSuccessBorder: "#b3d9c4",
    colorErrorBg: "#fdeeeb",
    colorErrorBorder: "#eec1b8",
    colorWarningBg: "#fff6e0",
    colorWarningBorder: "#ecd59a",
    colorText: color.ink,
    colorTextSecondary: color.quiet,
    colorTextTertiary: color.quiet,
    colorTextDescription: color.quiet,
    colorTextPlaceholder: "#6b7782",
    colorBorderSecondary: color.line,
    borderRadius: 6,
    fontSize: 14,
    fontFamily:
      '"PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", "Source Han Sans SC", system-ui, -apple-system, "Segoe UI", sans-serif',
    // Whoever asks for stillness gets none at all (and base.css): a motion without a duration is waited for.
    motion: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
    motionDurationMid: "0.12s",
    motionDurationSlow: "0.16s",
  },
  components: {
    Layout: { siderBg: color.navy, bodyBg: color.ground },
    Table: { cellPaddingBlockMD: 9, cellPaddingInlineMD: 10, headerBg: "#f7f9fa", headerColor: color.quiet },
    Tabs: { horizontalMargin: "0 0 12px 0" },
    Card: { bodyPadding: 16 },
  },
};
