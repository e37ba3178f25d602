/**
 * Where a report's pictures come from: the samples, files, and folders.
 */
import { fetchSample } from "../samples.js";

/** @import { Sample } from "../views/photo.js" */
/** @import { Source } from "./queue.js" */

/** The ImageNet photos among the samples: their names begin with the WordNet id of what they show. */
const WORDNET_ID = /^n\d{8}_/;

/** @param {Sample} sample */
export function isImageNet({ file }) {
  return WORDNET_ID.test(file);
}

/**
 * @param {Pick<Sample, "file" | "title">} sample
 * @returns {Source}
 */
export function sampleSource({ file, title }) {
  return { name: title, sample: file, open: (signal) => fetchSample(file, signal) };
}

/**
 * @param {File} file
 * @returns {Source}
 */
export function fileSource(file) {
  return { name: file.webkitRelativePath || file.name, open: async () => file };
}

/**
 * Folders hold more than pictures.
 * @param {File} file
 */
export function isPicture({ type, name }) {
  return type.startsWith("image/") || /\.(png|jpe?g|gif|webp|bmp|tiff?)$/i.test(name);
}

/**
 * The files of what was dropped, those in folders too. Call it before anything is awaited: what was dropped is gone then.
 * @param {DataTransfer} dropped
 * @returns {Promise<{ files: File[], isFolder: boolean }>}
 */
export async function droppedFiles(dropped) {
  const entries = Array.from(dropped.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const files = [...dropped.files];
  if (!entries.some(({ isDirectory }) => isDirectory)) return { files, isFolder: false };
  const found = await Promise.all(entries.map(filesIn));
  return { files: found.flat(), isFolder: true };
}

/**
 * @param {FileSystemEntry} entry
 * @returns {Promise<File[]>}
 */
async function filesIn(entry) {
  if (entry.isFile) return [await new Promise((...done) => /** @type {FileSystemFileEntry} */ (entry).file(...done))];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  /** @type {File[]} */
  const files = [];
  // A reader gives at most a hundred at a time.
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const some = await new Promise((...done) => reader.readEntries(...done));
    if (some.length === 0) return files;
    for (const one of some) files.push(...(await filesIn(one)));
  }
}
