import { createRoot } from "react-dom/client";
import "@/app/base.css";
import "@/app/print.css";
import "@/app/small.css";
import { App } from "@/app/App";
import { startLanguage } from "@/locales";

startLanguage();
createRoot(document.getElementById("root")!).render(<App />);
