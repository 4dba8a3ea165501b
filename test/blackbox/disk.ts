// A disk that runs full. Where the tests may mount one, it is a small file system of its own; elsewhere
// the program is told that no file may grow beyond a limit, which it meets in the same place.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Disk {
  readonly directory: string;
  /** Leaves so much room and no more. */
  fill(bytesLeft: number): void;
  free(): void;
  /** No writing any more, as on a disk with errors. */
  protect(): void;
  /** Writing again. */
  release(): void;
  close(): void;
}

function mount(...args: readonly string[]): boolean {
  return spawnSync("mount", args, { stdio: "ignore" }).status === 0;
}

/** Null where no disk may be mounted. */
export function makeDisk(bytesMax: number): Disk | null {
  const directory = mkdtempSync(join(tmpdir(), "tandem-disk-"));
  if (!mount("-t", "tmpfs", "-o", `size=${bytesMax}`, "tmpfs", directory)) {
    rmSync(directory, { recursive: true });
    return null;
  }
  const filler = join(directory, "filler");
  return {
    directory,
    fill: (bytesLeft) => {
      rmSync(filler, { force: true });
      const { bavail, bsize } = statfsSync(directory);
      writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - bytesLeft)));
    },
    free: () => {
      rmSync(filler, { force: true });
    },
    protect: () => {
      mount("-o", "remount,ro", directory);
    },
    release: () => {
      mount("-o", "remount,rw", directory);
    },
    close: () => {
      spawnSync("umount", ["-l", directory], { stdio: "ignore" });
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
