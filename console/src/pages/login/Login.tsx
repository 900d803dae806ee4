import { Alert, Button, Form, Input, type InputRef } from "antd";
import { useEffect, useState } from "react";
import { login, type Session } from "@/api/session";
import { chooseLanguage, useText } from "@/locales";
import { ErrorState } from "@/parts/states";
import "./login.css";

interface Fields {
  user: string;
  password: string;
  code?: string;
}

// Seconds until the lock ends, counting down.
function useCountdown() {
  const [end, setEnd] = useState(0);
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (end === 0) return;
    const tick = () => setLeft(Math.max(0, Math.ceil((end - performance.now()) / 1000)));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [end]);
  return { left, start: (seconds: number) => setEnd(performance.now() + seconds * 1000) };
}

export function Login({ expired, entered }: { expired: boolean; entered: (session: Session) => void }) {
  const { t, language } = useText();
  const [busy, setBusy] = useState(false);
  const [wrong, setWrong] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [form] = Form.useForm<Fields>();
  const lock = useCountdown();
  useEffect(() => {
    document.title = `${t("login.title")} · ${t("app.name")}`;
  }, [t]);

  const submit = async (fields: Fields) => {
    setBusy(true);
    setWrong(false);
    setError(null);
    try {
      const result = await login(fields.user.trim(), fields.password, (fields.code ?? "").trim());
      if (result.state === "in") return entered(result.session);
      if (result.state === "locked") lock.start(result.retryAfterSeconds);
      else setWrong(true);
      form.resetFields(["password", "code"]);
      (form.getFieldInstance("password") as InputRef | undefined)?.focus();
    } catch (failure) {
      setError(failure);
    } finally {
      setBusy(false);
    }
  };

  const locked =
    lock.left > 90 ? t("login.locked", { minutes: Math.ceil(lock.left / 60) }) : t("login.lockedSeconds", { seconds: lock.left });
  return (
    <main className="login">
      <div className="login-card">
        <header>
          <img src="/icon.svg" alt="" width={44} height={44} />
          <div>
            <h1>{t("app.name")}</h1>
            <p className="quiet">{t("login.intro")}</p>
          </div>
        </header>
        <div role="alert">
          {lock.left > 0 ? (
            <Alert type="error" showIcon title={locked} />
          ) : wrong ? (
            <Alert type="error" showIcon title={t("login.wrong")} />
          ) : expired ? (
            <Alert type="info" showIcon title={t("login.expired")} />
          ) : null}
        </div>
        {error ? <ErrorState error={error} /> : null}
        <Form form={form} layout="vertical" requiredMark={false} onFinish={(fields) => void submit(fields)}>
          <Form.Item name="user" label={t("login.user")} rules={[{ required: true, whitespace: true, message: t("login.userMissing") }]}>
            <Input size="large" autoComplete="username" autoFocus autoCapitalize="none" spellCheck={false} maxLength={64} />
          </Form.Item>
          <Form.Item name="password" label={t("login.password")} rules={[{ required: true, message: t("login.passwordMissing") }]}>
            <Input.Password size="large" autoComplete="current-password" maxLength={256} />
          </Form.Item>
          <Form.Item name="code" label={t("login.code")} extra={t("login.codeHint")}>
            <Input size="large" inputMode="numeric" autoComplete="one-time-code" maxLength={6} className="login-code" />
          </Form.Item>
          <Button type="primary" size="large" block htmlType="submit" loading={busy} disabled={lock.left > 0}>
            {t("login.submit")}
          </Button>
        </Form>
        <footer>
          <span className="quiet">{t("login.notice")}</span>
          <Button
            type="link"
            size="small"
            onClick={() => chooseLanguage(language === "zh" ? "en" : "zh")}
            aria-label={t("app.languageLabel")}
          >
            {t("app.language")}
          </Button>
        </footer>
      </div>
    </main>
  );
}
