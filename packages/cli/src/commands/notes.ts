import { InvalidArgumentError, type Command } from "commander";
import type { LabelsStatusView, ReviewView } from "@ratchet/protocol";
import { onWorkspace, withWorkspace, type WorkspaceOptions } from "../connect.ts";
import { wholeNumber } from "../option-values.ts";
import { count, counted, percent, print, printJson, table, time } from "../print.ts";

interface ListOptions extends WorkspaceOptions {
  readonly by?: string;
  readonly order: "oldest" | "worth";
  readonly limit: number;
}

interface LabelOptions extends WorkspaceOptions {
  readonly by: string;
}

/** Commands for what people wrote: the queue of what machines cannot tell, and how well everybody reads. */
export function addNotes(program: Command): void {
  const reviews = program.command("reviews").description("notes and replies that a person should read");
  withWorkspace(reviews.command("list", { isDefault: true }))
    .description("what waits, with the text and what a machine would say")
    .option("--by <person>", "leave out what this person has answered")
    .option("--order <order>", "oldest, or worth: those whose answer would teach most first", orderOf, "oldest")
    .option("--limit <n>", "how many", wholeNumber(1, 200), 10)
    .addHelpText("after", "\nExample:\n  ratchet reviews list --by person:ada --order worth")
    .action(listReviews);
  withWorkspace(reviews.command("label"))
    .description("say what a text says; what you cannot tell is cannot_tell")
    .argument("<review>", "its number")
    .argument("<labels...>", "question=label, such as outcome=interested objection=price")
    .requiredOption("--by <person>", "who you are, such as person:ada")
    .addHelpText(
      "after",
      "\nExample:\n  ratchet reviews label 12 outcome=no_answer next_step=cannot_tell --by person:ada",
    )
    .action(label);
  const labels = program.command("labels").description("who reads notes, and how well");
  withWorkspace(labels.command("status", { isDefault: true }))
    .description("the model in use, its calibration, the queue, how far people agree")
    .action(showStatus);
  withWorkspace(labels.command("train"))
    .description("learn from the answers now; the model in use stays unless the new one can be believed")
    .action(train);
}

function orderOf(text: string): "oldest" | "worth" {
  if (text === "oldest" || text === "worth") return text;
  throw new InvalidArgumentError("It must be oldest or worth.");
}

async function listReviews({ by, order, limit, ...options }: ListOptions): Promise<void> {
  const list = await onWorkspace(options, (ratchet) =>
    ratchet.notes.reviews({ order, limit, ...(by === undefined ? {} : { by }) }),
  );
  if (options.json === true) return printJson(list);
  if (list.reviews.length === 0) return print("Nothing waits to be read.");
  for (const review of list.reviews) printReview(review);
  print(`${count(list.reviews.length)} shown; ${count(list.waiting)} wait.`);
}

function printReview({ review_id, source, type, occurred_at, text, questions }: ReviewView): void {
  print(`review ${review_id}: ${type} from ${source}, ${time(occurred_at)}\n  “${text}”`);
  for (const { field, labels, reason, suggestions } of questions) {
    const [first] = suggestions;
    const words =
      first === undefined || first.span === null ? "" : ` (“${text.slice(first.span.start, first.span.end)}”)`;
    const guess = first === undefined ? "no suggestion" : `${first.label}? ${percent(first.confidence)}${words}`;
    print(`  ${field}: ${guess} · ${reason}\n    one of ${labels.join(", ")}, cannot_tell`);
  }
}

async function label(review: string, given: readonly string[], { by, ...options }: LabelOptions): Promise<void> {
  const labels = Object.fromEntries(given.map(pairOf));
  const answer = await onWorkspace(options, (ratchet) => ratchet.notes.label(review, { by, labels }));
  if (options.json === true) return printJson(answer);
  const next = answer.done ? "" : " Somebody else is asked as well.";
  print(`${counted(answer.recorded, "answer")} recorded for review ${review}.${next}`);
}

function pairOf(text: string): readonly [string, string] {
  const [field = "", answer = "", ...rest] = text.split("=");
  if (field === "" || answer === "" || rest.length > 0)
    throw new InvalidArgumentError(`Write question=label, such as outcome=interested; got "${text}".`);
  return [field, answer];
}

async function train(options: WorkspaceOptions): Promise<void> {
  const { taken, why, version, answers } = await onWorkspace(options, (ratchet) => ratchet.notes.train());
  if (options.json === true) return printJson({ taken, why, version, answers });
  print(`${taken ? "Taken into use" : "Not taken into use; the model before stays"}: ${why}.`);
}

async function showStatus(options: WorkspaceOptions): Promise<void> {
  const status = await onWorkspace(options, (ratchet) => ratchet.notes.status());
  if (options.json === true) return printJson(status);
  printModel(status);
  const { waiting, waiting_max, oldest_at, answered } = status.queue;
  const oldest = oldest_at === null ? "" : `, the oldest since ${time(oldest_at)}`;
  print(`\nQueue: ${count(waiting)} of at most ${count(waiting_max)} wait${oldest}; ${count(answered)} answered.`);
  for (const { field, n, agreed, alpha, why } of status.agreement) {
    const beyond =
      alpha === null
        ? (why ?? "")
        : `alpha ${alpha.estimate.toFixed(2)} (${alpha.lower.toFixed(2)} to ${alpha.upper.toFixed(2)})`;
    print(`Agreement on ${field}: ${count(agreed)} of ${count(n)} read twice; ${beyond}`);
  }
  if (status.provider === null) return;
  const { model, answers, accuracy, calibrated, failing } = status.provider;
  const right = accuracy === null ? "" : `, right in ${percent(accuracy)}`;
  const use = calibrated ? "its labels count" : "its word is a suggestion only";
  print(`Provider ${model}: ${count(answers)} answers to what it said${right}; ${failing ?? use}.`);
}

function printModel({ model, last_training: last }: LabelsStatusView): void {
  if (model === null) return print("No text has been read yet, so there is no model.");
  print(`Model ${model.version.slice(0, 12)}, in use since ${time(model.trained_at)}`);
  const share = (x: number | null): string => (x === null ? "" : percent(x));
  print(
    table(
      ["question", "labels", "answers", "right of those", "right of all", "calibration error", "n"],
      model.questions.map(({ field, labels, held_out: held, answers_share, answers_right }) => [
        field,
        count(labels),
        share(answers_share),
        share(answers_right),
        share(held?.accuracy ?? null),
        held?.calibration_error.toFixed(3) ?? "",
        held === null ? "" : count(held.n),
      ]),
    ),
  );
  if (last !== null) print(`Last training ${time(last.at)}, ${last.taken ? "taken" : "not taken"}: ${last.why}.`);
}
