// Whether the machine that session.ts drives inspects, rather than scans: the readers that serve both
// ask here. What they report is then only looked at for reasons why something could not be read.

export let inspecting = false;

export function setInspecting(on: bool): void {
  inspecting = on;
}
