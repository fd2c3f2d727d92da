import { Kbd, Modal } from "@mantine/core";
import { PLACES } from "./use-shortcuts.ts";

const KEYS: readonly (readonly [keys: readonly string[], what: string])[] = [
  ...Object.entries(PLACES).map(([key, { label }]): readonly [readonly string[], string] => [
    ["g", key],
    `Go to ${label}`,
  ]),
  [["j"], "Next row"],
  [["k"], "Previous row"],
  [["Enter"], "Open the row"],
  [["a"], "Approve the change on this page"],
  [["r"], "Reject the change on this page"],
  [["u"], "Undo the running change on this page"],
  [["?"], "Show these keys"],
];

/** All keys, in one place. */
export function ShortcutsHelp({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  return (
    <Modal opened={isOpen} onClose={onClose} title="Keyboard" closeButtonProps={{ "aria-label": "Close" }}>
      <dl className="facts">
        {KEYS.map(([keys, what]) => (
          <div key={what} className="key-row">
            <dt>
              {keys.map((key) => (
                <Kbd key={key}>{key}</Kbd>
              ))}
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Modal>
  );
}
