/** Zoom in, zoom out, fit: for the mouse, the finger and the keyboard alike. */
import type { DiagramView } from './viewer.ts';

/**
 * @param texts the element whose `data-zoom-in`, `data-zoom-out` and `data-zoom-fit` name the buttons
 * @param fit shows the whole
 */
export function zoomButtons(view: DiagramView, texts: HTMLElement, fit: () => void): HTMLElement {
  const group = document.createElement('div');
  group.className = 'diagram-zoom';
  group.setAttribute('role', 'group');
  const zoomBy = (factor: number) => () => {
    view.canvas.zoom(Math.min(4, Math.max(0.1, view.canvas.zoom() * factor)));
  };
  const { zoomIn = 'Zoom in', zoomOut = 'Zoom out', zoomFit = 'Fit' } = texts.dataset;
  group.append(button('+', zoomIn, zoomBy(1.25)), button('−', zoomOut, zoomBy(0.8)), button('⤢', zoomFit, fit));
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
