/** Zoom in, zoom out, fit: for the mouse, the finger and the keyboard alike. */
import type { DiagramView } from './viewer.ts';

const english = { in: 'Zoom in', out: 'Zoom out', fit: 'Show the whole diagram' };
const chinese = { in: '放大', out: '缩小', fit: '显示全图' };

/**
 * The buttons, named in the language of the page.
 * @param fit shows the whole
 */
export function zoomButtons(view: DiagramView, fit: () => void): HTMLElement {
  const group = document.createElement('div');
  group.className = 'diagram-zoom';
  group.setAttribute('role', 'group');
  const zoomBy = (factor: number) => () => {
    view.canvas.zoom(Math.min(4, Math.max(0.1, view.canvas.zoom() * factor)));
  };
  const named = document.documentElement.lang.startsWith('zh') ? chinese : english;
  group.append(button('+', named.in, zoomBy(1.25)), button('−', named.out, zoomBy(0.8)), button('⤢', named.fit, fit));
  return group;
}

function button(sign: string, name: string, act: () => void): HTMLButtonElement {
  const element = document.createElement('button');
  element.type = 'button';
  element.textContent = sign;
  element.title = name;
  element.setAttribute('aria-label', name);
  element.addEventListener('click', act);
  return element;
}
