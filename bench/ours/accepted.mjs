/** The answer, or an error in place of a refusal: a refusal is fast and compares with nothing. */
export function accepted(answer) {
  if (answer.kind === "refused") throw new Error(`refused: ${answer.reason}: ${answer.message}`);
  return answer;
}
