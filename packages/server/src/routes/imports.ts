import { Readable } from "node:stream";
import type { Clock } from "@ratchet/engine";
import { ROUTES, type MappingPreview, type SignalsMappingDocument } from "@ratchet/protocol";
import type { Hono } from "hono";
import type { AppContext } from "../context.ts";
import { on } from "../http/on.ts";
import { ProblemError } from "../http/problem-error.ts";
import { parameter, readBody, readQuery } from "../http/read-input.ts";
import type { ServerEnvironment } from "../http/request-id.ts";
import { guessMapping } from "../import/guess-mapping.ts";
import { isSignalsMap } from "../imports/import-map.ts";
import { previewMapping } from "../imports/preview-mapping.ts";
import { readMapping } from "../imports/read-mapping.ts";
import { dryRunFile } from "../imports/dry-run-file.ts";
import { refuseLookups, startImport } from "../imports/start-import.ts";
import { findUpload, storeUpload, type Upload } from "../uploads/upload-store.ts";

/** Larger files are tried where they are, with `ratchet import --dry-run`: a request must not read for minutes. */
const PREVIEW_BYTES_MAX = 64 * 1024 * 1024;

async function previewSignals(upload: Upload, mapping: SignalsMappingDocument, clock: Clock): Promise<MappingPreview> {
  if (upload.bytes > PREVIEW_BYTES_MAX)
    throw new ProblemError("map.invalid", "the file is too large to be tried here; use ratchet import --dry-run");
  refuseLookups(mapping);
  const { report, rejected } = await dryRunFile({ path: upload.path, mapping, clock });
  return {
    checked: report.rows,
    fitting: report.imported,
    rows: rejected.map(({ position, code, reason, raw }) => ({ kind: "left_out", position, code, reason, raw })),
    left_out_by_code: report.quarantined_by_code,
    report,
  };
}

/** Bringing a CSV in: send it, look at the guessed map, try it, start, follow. */
export function importRoutes(app: Hono<ServerEnvironment>, context: AppContext): void {
  on(app, "upload", async (c) => {
    const { name } = readQuery(c, ROUTES.upload.query);
    const { body } = c.req.raw;
    if (body === null) throw new ProblemError("request.invalid", "the body is empty; send the file itself as the body");
    const upload = await storeUpload(context, name, Readable.from(body));
    return { upload_id: upload.id, name, bytes: upload.bytes, guess: await guessMapping({ path: upload.path }, name) };
  });
  on(app, "previewImport", async (c) => {
    const { mapping } = await readBody(c, ROUTES.previewImport.request);
    const upload = await findUpload(context, parameter(c, "upload_id"));
    const map = readMapping(mapping);
    if (isSignalsMap(map)) return previewSignals(upload, map, context.stores.clock);
    return previewMapping({ path: upload.path, mapping: map, now: context.stores.clock() });
  });
  on(app, "startImport", async (c) => {
    const { upload_id, mapping } = await readBody(c, ROUTES.startImport.request);
    return startImport(context, await findUpload(context, upload_id), readMapping(mapping));
  });
  on(app, "imports", async () => ({ imports: context.imports.list() }));
  on(app, "import", async (c) => {
    const id = parameter(c, "import_id");
    const run = context.imports.find(id);
    if (run === null)
      throw new ProblemError("import.not_found", `there is no import "${id}"; list them with GET /v1/imports`);
    return run;
  });
}
