import type { ResultRow } from "./chdb-process.ts";

/** Reads the columns of one row in order. @throws TypeError where the answer is not what the query asks for. */
export class ColumnReader {
  readonly #row: ResultRow;
  #next = 0;

  constructor(row: ResultRow) {
    this.#row = row;
  }

  text(): string {
    const value = this.#take();
    if (typeof value !== "string") throw this.#unexpected(value, "a text");
    return value;
  }

  /** A text, where '' stands for none. */
  textOrNull(): string | null {
    const value = this.text();
    return value === "" ? null : value;
  }

  /** A number that a double holds exactly; 64-bit integers arrive as texts. */
  number(): number {
    const value = this.#take();
    const number = typeof value === "string" && value !== "" ? Number(value) : value;
    if (typeof number !== "number" || Number.isNaN(number)) throw this.#unexpected(value, "a number");
    if (Number.isInteger(number) && !Number.isSafeInteger(number)) throw this.#unexpected(value, "a safe integer");
    return number;
  }

  numberOrNull(): number | null {
    if (this.#row[this.#next] !== null) return this.number();
    this.#next += 1;
    return null;
  }

  bigint(): bigint {
    return BigInt(this.text());
  }

  texts(): readonly string[] {
    const value = this.#take();
    if (!Array.isArray(value)) throw this.#unexpected(value, "a list");
    return value.map((item: unknown) => {
      if (typeof item !== "string") throw this.#unexpected(item, "a text");
      return item;
    });
  }

  numbers(): readonly number[] {
    const value = this.#take();
    if (!Array.isArray(value)) throw this.#unexpected(value, "a list");
    return value.map((item: unknown) => new ColumnReader([item]).number());
  }

  #take(): unknown {
    this.#next += 1;
    return this.#row[this.#next - 1];
  }

  #unexpected(value: unknown, expected: string): TypeError {
    return new TypeError(`column ${this.#next} of an answer should be ${expected}, got ${JSON.stringify(value)}`);
  }
}
