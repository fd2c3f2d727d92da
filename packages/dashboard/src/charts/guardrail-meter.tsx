import type { GuardrailView } from "@ratchet/protocol";
import type { Tone } from "../format/words.ts";
import { domainOf, endsOf, percentOf } from "./domain.ts";
import "./charts.css";

const HEIGHT = 30;
const MIDDLE = 14;

interface GuardrailMeterProps {
  readonly guardrail: GuardrailView;
  readonly tone: Tone;
}

/** The interval of a guardrail's difference against what is still borne; beyond the limit is shaded. */
export function GuardrailMeter({ guardrail, tone }: GuardrailMeterProps) {
  const harm = guardrail.direction === "must_not_increase" ? 1 : -1;
  const limit = harm * guardrail.tolerated;
  const domain = domainOf([...endsOf(guardrail), limit * 1.6]);
  const at = (x: number): string => `${percentOf(x, domain)}%`;
  const limitAt = percentOf(limit, domain);
  return (
    <svg
      className="strip meter"
      width="100%"
      height={HEIGHT}
      role="img"
      aria-label={guardrail.sentence}
      data-tone={tone}
    >
      <line x1="0" x2="100%" y1={MIDDLE} y2={MIDDLE} className="meter-track" />
      <rect
        x={harm > 0 ? `${limitAt}%` : "0"}
        width={`${harm > 0 ? 100 - limitAt : limitAt}%`}
        y={MIDDLE - 9}
        height="18"
        className="meter-beyond"
      />
      <line x1={at(0)} x2={at(0)} y1={MIDDLE - 9} y2={MIDDLE + 9} className="strip-zero" />
      <line x1={at(limit)} x2={at(limit)} y1="0" y2={HEIGHT} className="meter-limit" />
      {guardrail.estimate === null ? null : (
        <>
          <line
            x1={guardrail.lower === null ? "0" : at(guardrail.lower)}
            x2={guardrail.upper === null ? "100%" : at(guardrail.upper)}
            y1={MIDDLE}
            y2={MIDDLE}
            className="strip-inner"
          />
          <circle cx={at(guardrail.estimate)} cy={MIDDLE} r="5" className="strip-dot" />
        </>
      )}
    </svg>
  );
}
