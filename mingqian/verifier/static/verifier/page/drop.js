/** Files that a reader drops on the page or chooses: a zip, a folder, or the single files. */

const MOST_FILES = 20000;
const MOST_BYTES = 401 << 20;

/** What was chosen cannot be taken; the message says why, in Chinese. */
export class PickError extends Error {}

/** Entries must be taken from the event before anything is awaited; afterwards the browser has emptied it. */
function takeItems(items) {
  const picked = [];
  const folders = [];
  for (const item of Array.from(items)) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry ? item.webkitGetAsEntry() : null;
    if (entry && entry.isDirectory) folders.push(entry);
    else picked.push({ path: item.getAsFile().name, file: item.getAsFile() });
  }
  return { picked, folders };
}

function readBatch(reader) {
  return new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
}

function fileOf(entry) {
  return new Promise((resolve, reject) => { entry.file(resolve, reject); });
}

async function walk(folder, prefix, picked) {
  const reader = folder.createReader();
  for (let batch = await readBatch(reader); batch.length; batch = await readBatch(reader)) {
    for (const entry of batch) {
      if (picked.length > MOST_FILES) throw new PickError('文件太多，这不像是一份抽取文件');
      if (entry.isDirectory) await walk(entry, `${prefix}${entry.name}/`, picked);
      else picked.push({ path: prefix + entry.name, file: await fileOf(entry) });
    }
  }
}

async function fromItems(items) {
  const { picked, folders } = takeItems(items);
  try {
    for (const folder of folders) await walk(folder, `${folder.name}/`, picked);
  } catch (error) {
    if (error instanceof PickError) throw error;
    // Some browsers do not let a page opened from disk read a dropped folder.
    throw new PickError('浏览器不允许本页读取拖入的文件夹。请改用“选择文件夹”按钮，或拖入压缩包');
  }
  return picked;
}

/**
 * @param {DataTransfer | FileList | File[]} source what was dropped or chosen
 * @returns {Promise<import('./checker.js').Source>}
 * @throws {PickError}
 */
export async function pickedFrom(source) {
  const chosen = 'items' in source
    ? await fromItems(source.items)
    : Array.from(source, (file) => ({ path: file.webkitRelativePath || file.name, file }));
  if (!chosen.length) throw new PickError('没有选中文件');
  if (chosen.length > MOST_FILES || chosen.reduce((sum, { file }) => sum + file.size, 0) > MOST_BYTES) {
    throw new PickError('文件太多或太大，这不像是一份抽取文件');
  }
  const read = async (file) => new Uint8Array(await file.arrayBuffer());
  const single = chosen.length === 1 && !chosen[0].path.includes('/');
  if (single) return { zip: await read(chosen[0].file) };
  const picked = [];
  for (const { path, file } of chosen) picked.push({ path, bytes: await read(file) });
  return { picked };
}
