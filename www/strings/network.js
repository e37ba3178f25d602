/**
 * Texts of the choice of a network, and of a visitor's own.
 */
import { whole } from "../numerals.js";
import { localizer } from "./translations.js";

const localized = localizer("network");

export const network = localized("network", {
  present: "Network",
  own: "Your own network",
  intro:
    "Choose or drop a checkpoint (.pth or .safetensors) of a ResNet-18, -34, -50, -101 or -152 in torchvision's naming, with any number of classes. It is read on this device; nothing is uploaded, and nothing in it is run.",
  file: "Checkpoint",
  labels: "Class names (optional)",
  labelsHint: "A text file with one name a line, or a JSON array.",
  advanced: "Preprocessing and batch norm",
  mean: "Mean, one for each channel",
  std: "Standard deviation, one for each channel",
  resize: "Shorter side, pixels",
  crop: "Input, pixels",
  order: "Channels",
  orders: { rgb: "RGB", bgr: "BGR" },
  epsilon: "Batch norm's epsilon",
  load: "Use this network",
  reading: "Reading the file's index …",
  tensors: "All tensors and their shapes",
  /** @param {string} name @param {string} architecture @param {number} classes @param {string} size */
  found: (name, architecture, classes, size) => `${name}: ${architecture}, ${whole(classes)} classes, ${size}.`,
  imagenet:
    "It has 1,000 classes and no names for them: ImageNet's are assumed, as the network that comes with the page names them.",
  numbered: "Its classes have no names: they are numbered.",
  /** @param {string} field */
  threeNumbers: (field) => `${field}: give three numbers, such as 0.5, 0.5, 0.5.`,
  /** @param {string} field */
  oneNumber: (field) => `${field}: give a number.`,
  badLabels: "The class names must be one a line, or a JSON array of names.",
  /** @param {string} title */
  loading: (title) => `Loading ${title} …`,
  /** @param {string} title */
  maps: (title) => `Maps by ${title}`,
  kept: "The network before it is still in use.",
});
