/** Files that a reader drops on the page or chooses: a zip, a folder, or the single files. */

import { FormError } from '../protocol/canonical.js';
import { MOST_BYTES, readZip, stripTopFolder } from '../protocol/zip.js';

const MOST_FILES = 20000;

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
      if (picked.length > MOST_FILES) throw new FormError('文件太多，这不像是一份抽取数据包');
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
    if (error instanceof FormError) throw error;
    // Some browsers do not let a page opened from disk read a dropped folder.
    throw new FormError('浏览器不允许本页读取拖入的文件夹。请改用“选择文件夹”按钮，或拖入压缩包');
  }
  return picked;
}

/**
 * @param {DataTransfer | FileList | File[]} source what was dropped or chosen
 * @returns {Promise<Map<string, Uint8Array>>} name -> bytes
 * @throws {FormError} with a text in Chinese
 */
export async function filesFromDrop(source) {
  const picked = 'items' in source
    ? await fromItems(source.items)
    : Array.from(source, (file) => ({ path: file.webkitRelativePath || file.name, file }));
  if (!picked.length) throw new FormError('没有选中文件');
  if (picked.length > MOST_FILES || picked.reduce((sum, { file }) => sum + file.size, 0) > MOST_BYTES) {
    throw new FormError('文件太多或太大，这不像是一份抽取数据包');
  }
  const read = async (file) => new Uint8Array(await file.arrayBuffer());
  if (picked.length === 1 && /\.zip$/i.test(picked[0].path)) return readZip(await read(picked[0].file));
  const files = new Map();
  for (const { path, file } of picked) {
    if (files.has(path)) throw new FormError(`重名文件：${path}`);
    files.set(path, await read(file));
  }
  return stripTopFolder(files);
}
