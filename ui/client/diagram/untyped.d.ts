/** The editors of bpmn-js; what they make is a `Diagram` (bpmn-js.ts). */
declare module 'bpmn-js/lib/NavigatedViewer.js' {
  const NavigatedViewer: new (options: object) => unknown;
  export default NavigatedViewer;
}
declare module 'bpmn-js/lib/Modeler.js' {
  const Modeler: new (options: object) => unknown;
  export default Modeler;
}
