import { Tag } from "antd";
import { Upload_State as State, Upload_StateSchema } from "@/gen/relief/v1/intake_service_pb";
import { useText } from "@/locales";
import { word } from "@/locales/words";

const COLORS: Partial<Record<State, string>> = {
  [State.LOADED]: "green",
  [State.FAILED]: "red",
  [State.ASKING]: "gold",
  [State.TRIED]: "gold",
};

export function StateTag({ state }: { state: State }) {
  useText();
  return <Tag color={COLORS[state]}>{word(Upload_StateSchema, state)}</Tag>;
}
