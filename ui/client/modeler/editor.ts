/** The drawing editor: bpmn-js with palette, context pad and properties panel, in the reader's language. */
import Modeler from 'bpmn-js/lib/Modeler.js';
import { PACKAGES } from '../../../engine/index.ts';
import type { Canvas, Diagram, ElementRegistry, Overlays, Shape } from '../diagram/bpmn-js.ts';
import {
  BpmnPropertiesPanelModule,
  BpmnPropertiesProviderModule,
  ZeebePropertiesProviderModule,
} from 'bpmn-js-properties-panel';
import zeebeBehaviors from 'camunda-bpmn-js-behaviors/lib/camunda-cloud/index.js';
import { colours } from '../diagram/colours.ts';
import { fit } from '../diagram/fit.ts';
import chinese from './chinese.json' with { type: 'json' };

/** Pixels that the palette covers at the left. */
const paletteWidth = 80;

export interface Editor {
  readonly canvas: Canvas;
  readonly elements: ElementRegistry;
  readonly overlays: Overlays;
  /** Opens a diagram. Throws when the text is no BPMN. */
  open(xml: string): Promise<void>;
  xml(): Promise<string>;
  /** True when there is something to undo. */
  changed(): boolean;
  /** Calls back after every change and after opening. */
  onChange(listener: () => void): void;
  select(id: string): void;
}

/** The editor writes the same words with different capitals and hyphens in different places. */
const plain = (words: string): string => words.toLowerCase().replaceAll('-', ' ');

const dictionaries = new Map([
  ['zh', new Map(Object.entries(chinese).map(([words, translated]) => [plain(words), translated]))],
]);

/** Words of the editor in this language; what has no translation stays English. */
function translation(language: string): object {
  const dictionary = dictionaries.get(language);
  const translate = (template: string, values: Record<string, string> = {}): string =>
    (dictionary?.get(plain(template)) ?? template).replace(/{([^}]+)}/g, (whole, key: string) => values[key] ?? whole);
  return { translate: ['value', translate] };
}

/** @param panel where the properties of the selected element are edited */
export function createEditor(container: HTMLElement, panel: HTMLElement, language: string): Editor {
  const modeler = new Modeler({
    container,
    propertiesPanel: { parent: panel },
    bpmnRenderer: colours,
    additionalModules: [
      BpmnPropertiesPanelModule,
      BpmnPropertiesProviderModule,
      ZeebePropertiesProviderModule,
      zeebeBehaviors,
      translation(language),
    ],
    moddleExtensions: PACKAGES,
  }) as Diagram;
  const canvas = modeler.get<Canvas>('canvas');
  // The list of problems grows and shrinks: the palette takes two columns where one is too long.
  new ResizeObserver(() => canvas.resized()).observe(container);
  const elements = modeler.get<ElementRegistry>('elementRegistry');
  const history = modeler.get<{ canUndo(): boolean }>('commandStack');
  const selection = modeler.get<{ select(shape: Shape): void }>('selection');
  return {
    canvas,
    elements,
    overlays: modeler.get('overlays'),
    async open(xml) {
      await modeler.importXML(xml);
      fit(canvas, paletteWidth);
    },
    async xml() {
      const { xml, error } = await modeler.saveXML({ format: true });
      if (xml === undefined) throw error ?? new Error('Expected the drawing to be written as XML, but nothing came.');
      return xml;
    },
    changed: () => history.canUndo(),
    onChange(listener) {
      modeler.on('commandStack.changed', listener);
      modeler.on('import.done', listener);
    },
    select(id) {
      const shape = elements.get(id);
      if (!shape) return;
      const plane = canvas.findRoot(id);
      if (plane && plane !== canvas.getRootElement()) canvas.setRootElement(plane);
      selection.select(shape);
      canvas.scrollToElement(id, 80);
    },
  };
}
