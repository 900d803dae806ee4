// What is known of one thing, a name and a value a row. Rows without a value are left out.
import type { ReactNode } from "react";

export type Fact = [name: string, value: ReactNode];

export function FactsList({ facts }: { facts: Fact[] }) {
  return (
    <dl className="facts-list">
      {facts
        .filter(([, value]) => value !== "")
        .map(([name, value]) => (
          <div key={name} style={{ display: "contents" }}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}
