/** Files that hold a process but no diagram of it: they run, yet there is nothing to draw. */

/** True when the file says where at least one diagram lies. */
export function hasDrawing(xml: string): boolean {
  const file = new DOMParser().parseFromString(xml, 'application/xml');
  return file.getElementsByTagNameNS('http://www.omg.org/spec/BPMN/20100524/DI', 'BPMNPlane').length > 0;
}

/** The sentence that stands in place of a drawing. */
export function noDrawing(): HTMLElement {
  const sentence = document.createElement('p');
  sentence.className = 'no-drawing';
  sentence.textContent = document.body.dataset['noDrawing'] ?? '';
  return sentence;
}
