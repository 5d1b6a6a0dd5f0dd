/** Reads a diagram from a file, whatever its encoding; one of Camunda 7 is translated. */
import { decodeXml, importCamunda, isCamunda7 } from '../../../engine/index.ts';
import type { Imported } from '../../../engine/index.ts';

/** `imported` is there when the diagram was translated. */
export interface OpenedFile {
  xml: string;
  imported?: Imported;
}

/** Rejects when the file cannot be read at all. */
export async function readDiagram(file: File): Promise<OpenedFile> {
  const xml = await decodeFile(file);
  if (!isCamunda7(xml)) return { xml };
  const imported = await importCamunda(xml);
  if (imported.xml === '') throw new Error(imported.problems.map(({ message }) => message).join(' '));
  return { xml: imported.xml, imported };
}

/** The text of an XML file in its own encoding. */
export async function decodeFile(file: File): Promise<string> {
  return decodeXml(new Uint8Array(await file.arrayBuffer()));
}
