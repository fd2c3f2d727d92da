import { Command } from "commander";

await new Command("ratchet").description("Makes go-to-market decisions and improves them by proof.").parseAsync();
