import { useDisclosure } from "@mantine/hooks";
import { Outlet } from "@tanstack/react-router";
import { Rail } from "./rail.tsx";
import { ShortcutsHelp } from "./shortcuts-help.tsx";
import { useShortcuts } from "./use-shortcuts.ts";
import "./shell.css";

/** The frame around every screen. */
export function Shell() {
  const [helpIsOpen, help] = useDisclosure(false);
  useShortcuts(help.open);
  return (
    <div className="shell">
      <a className="skip" href="#content">
        Skip to content
      </a>
      <Rail onHelp={help.open} />
      <main id="content" className="content" tabIndex={-1}>
        <Outlet />
      </main>
      <ShortcutsHelp isOpen={helpIsOpen} onClose={help.close} />
    </div>
  );
}
