//! A reader for the pickles inside PyTorch checkpoints that can do nothing but describe data.
//!
//! A pickle is a program; Python's own loader calls whatever functions it names. This one knows containers,
//! numbers, strings and the few names PyTorch writes for tensors, and refuses every other name before anything is
//! built from it. Opcodes: protocol 2, which `torch.save` writes (Python's `pickletools` documents them).

use std::rc::Rc;

use super::CheckpointError;

type Result<T> = std::result::Result<T, CheckpointError>;

/// Longest pickle, in opcodes: the largest ResNet's has about a hundred thousand.
const MAX_STEPS: usize = 2_000_000;

/// A value that a pickle describes.
#[derive(Debug, Clone)]
pub(super) enum Value {
    None,
    Int(i64),
    Text(Rc<str>),
    /// What no tensor is made of: a truth value, a fraction, bytes, a number too long to be a size.
    Opaque,
    /// A list or a tuple: index for [`Pickle::sequence`].
    Sequence(usize),
    /// Index for [`Pickle::dict`].
    Dict(usize),
    /// One of the names in [`Known`].
    Name(Known),
    /// A piece of storage that lies outside the pickle.
    Storage(Rc<Storage>),
    Tensor(Rc<TensorRef>),
}

/// Names that PyTorch writes for tensors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Known {
    OrderedDict,
    RebuildTensor,
    RebuildParameter,
    Storage(Element),
}

/// Element type of a storage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Element {
    F64,
    F32,
    F16,
    Bf16,
    /// Integers and booleans: counters such as `num_batches_tracked`, which are not weights. With bytes an element.
    Other(usize),
}

impl Element {
    /// Size in bytes.
    pub(crate) fn size(self) -> usize {
        match self {
            Self::F64 => 8,
            Self::F32 => 4,
            Self::F16 | Self::Bf16 => 2,
            Self::Other(size) => size,
        }
    }
}

/// Which bytes of the checkpoint a tensor's values are in.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Storage {
    pub element: Element,
    pub key: Rc<str>,
}

/// A view into a storage: offset, sizes and strides in elements.
#[derive(Debug)]
pub(super) struct TensorRef {
    pub storage: Rc<Storage>,
    pub offset: usize,
    pub shape: Vec<usize>,
    pub strides: Vec<usize>,
}

/// What a pickle describes. Containers lie in flat tables, so that neither self-containing nor very deep ones
/// can hang or overflow what walks or drops them.
#[derive(Debug)]
pub(super) struct Pickle {
    pub root: Value,
    sequences: Vec<Vec<Value>>,
    dicts: Vec<Vec<(Value, Value)>>,
}

impl Pickle {
    /// Items of a [`Value::Sequence`].
    pub(super) fn sequence(&self, index: usize) -> &[Value] {
        &self.sequences[index]
    }

    /// Entries of a [`Value::Dict`], in order of insertion.
    pub(super) fn dict(&self, index: usize) -> &[(Value, Value)] {
        &self.dicts[index]
    }

    /// Every tensor in it, wherever it is.
    pub(super) fn tensors(&self) -> impl Iterator<Item = &Rc<TensorRef>> {
        let items = self.sequences.iter().flatten();
        let entries = self.dicts.iter().flatten().map(|(_, value)| value);
        items.chain(entries).filter_map(|value| match value {
            Value::Tensor(tensor) => Some(tensor),
            _ => None,
        })
    }
}

/// Reads one pickle from the front of `bytes`; returns what it describes and the bytes after it.
pub(super) fn read(bytes: &[u8]) -> Result<(Pickle, &[u8])> {
    let mut machine = Machine {
        bytes,
        stack: Vec::new(),
        marks: Vec::new(),
        memo: Vec::new(),
        steps: 0,
        made: Pickle {
            root: Value::None,
            sequences: Vec::new(),
            dicts: Vec::new(),
        },
    };
    while !machine.step()? {}
    machine.made.root = machine.pop()?;
    if !machine.stack.is_empty() || !machine.marks.is_empty() {
        return Err(damaged("leaves values behind"));
    }
    Ok((machine.made, machine.bytes))
}

struct Machine<'a> {
    bytes: &'a [u8],
    stack: Vec<Value>,
    /// Heights of the stack at open marks.
    marks: Vec<usize>,
    memo: Vec<Option<Value>>,
    steps: usize,
    made: Pickle,
}

fn damaged(what: &str) -> CheckpointError {
    CheckpointError::Damaged(format!("its pickle {what}"))
}

impl Machine<'_> {
    /// One opcode; true at the end of the pickle.
    fn step(&mut self) -> Result<bool> {
        self.steps += 1;
        if self.steps > MAX_STEPS {
            return Err(damaged("is too large for a network's weights"));
        }
        match self.byte()? {
            b'.' => return Ok(true),
            // PROTO
            0x80 => {
                let protocol = self.byte()?;
                if protocol > 2 {
                    return Err(damaged(&format!(
                        "has protocol {protocol}; PyTorch writes 2"
                    )));
                }
            }
            b'(' => self.marks.push(self.stack.len()),
            b'0' => drop(self.pop()?),
            b'N' => self.stack.push(Value::None),
            // NEWTRUE, NEWFALSE
            0x88 | 0x89 => self.stack.push(Value::Opaque),
            b'K' => {
                let value = self.byte()?;
                self.stack.push(Value::Int(value.into()));
            }
            b'M' => {
                let value = u16::from_le_bytes(self.take()?);
                self.stack.push(Value::Int(value.into()));
            }
            b'J' => {
                let value = i32::from_le_bytes(self.take()?);
                self.stack.push(Value::Int(value.into()));
            }
            // LONG1: little-endian two's complement of any length
            0x8a => {
                let length = self.byte()?.into();
                let digits = self.slice(length)?;
                let value = long(digits).map_or(Value::Opaque, Value::Int);
                self.stack.push(value);
            }
            // BINFLOAT
            b'G' => {
                self.slice(8)?;
                self.stack.push(Value::Opaque);
            }
            // BINUNICODE
            b'X' => {
                let length = self.length()?;
                let text = std::str::from_utf8(self.slice(length)?)
                    .map_err(|_| damaged("holds text that is not UTF-8"))?
                    .into();
                self.stack.push(Value::Text(text));
            }
            // BINSTRING, SHORT_BINSTRING: Python 2's strings
            b'T' => {
                let length = self.length()?;
                self.slice(length)?;
                self.stack.push(Value::Opaque);
            }
            b'U' => {
                let length = self.byte()?.into();
                self.slice(length)?;
                self.stack.push(Value::Opaque);
            }
            b']' | b')' => self.push_sequence(Vec::new()),
            b'}' => {
                let dict = self.new_dict();
                self.stack.push(dict);
            }
            b't' => {
                let items = self.since_mark()?;
                self.push_sequence(items);
            }
            count @ 0x85..=0x87 => {
                let height = self.height(usize::from(count - 0x84))?;
                let items = self.stack.split_off(height);
                self.push_sequence(items);
            }
            b'a' => {
                let item = self.pop()?;
                self.append(vec![item])?;
            }
            b'e' => {
                let items = self.since_mark()?;
                self.append(items)?;
            }
            b's' => {
                let height = self.height(2)?;
                let items = self.stack.split_off(height);
                self.insert(items)?;
            }
            b'u' => {
                let items = self.since_mark()?;
                self.insert(items)?;
            }
            b'c' => {
                let module = self.line()?;
                let name = self.line()?;
                let known = known(&module, &name)?;
                self.stack.push(Value::Name(known));
            }
            // BINPERSID
            b'Q' => {
                let id = self.pop()?;
                let storage = self.storage(&id)?;
                self.stack.push(Value::Storage(Rc::new(storage)));
            }
            b'R' => {
                let arguments = self.pop()?;
                let function = self.pop()?;
                let value = self.call(&function, &arguments)?;
                self.stack.push(value);
            }
            // BUILD: attributes of the object below. State dictionaries carry version numbers there.
            b'b' => drop(self.pop()?),
            b'q' => {
                let slot = self.byte()?.into();
                self.remember(slot)?;
            }
            b'r' => {
                let slot = self.length()?;
                self.remember(slot)?;
            }
            b'h' => {
                let slot = self.byte()?.into();
                self.recall(slot)?;
            }
            b'j' => {
                let slot = self.length()?;
                self.recall(slot)?;
            }
            opcode => {
                return Err(damaged(&format!(
                    "has opcode 0x{opcode:02x}, which PyTorch does not write"
                )));
            }
        }
        Ok(false)
    }

    fn slice(&mut self, length: usize) -> Result<&[u8]> {
        let (head, tail) = self
            .bytes
            .split_at_checked(length)
            .ok_or_else(|| damaged("ends too early"))?;
        self.bytes = tail;
        Ok(head)
    }

    fn take<const N: usize>(&mut self) -> Result<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.slice(N)?);
        Ok(array)
    }

    fn byte(&mut self) -> Result<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn length(&mut self) -> Result<usize> {
        let length = u32::from_le_bytes(self.take()?);
        usize::try_from(length).map_err(|_| damaged("has a length beyond this machine"))
    }

    fn line(&mut self) -> Result<String> {
        let end = self
            .bytes
            .iter()
            .position(|byte| *byte == b'\n')
            .ok_or_else(|| damaged("ends inside a name"))?;
        let line = String::from_utf8_lossy(self.slice(end)?).into_owned();
        self.slice(1)?;
        Ok(line)
    }

    /// Height of the stack below its top `count` values.
    fn height(&self, count: usize) -> Result<usize> {
        let floor = self.marks.last().copied().unwrap_or(0);
        self.stack
            .len()
            .checked_sub(count)
            .filter(|height| *height >= floor)
            .ok_or_else(|| damaged("takes more values than it made"))
    }

    fn pop(&mut self) -> Result<Value> {
        let height = self.height(1)?;
        Ok(self.stack.remove(height))
    }

    fn since_mark(&mut self) -> Result<Vec<Value>> {
        let mark = self
            .marks
            .pop()
            .ok_or_else(|| damaged("closes a group it did not open"))?;
        Ok(self.stack.split_off(mark))
    }

    fn push_sequence(&mut self, items: Vec<Value>) {
        self.stack.push(Value::Sequence(self.made.sequences.len()));
        self.made.sequences.push(items);
    }

    fn new_dict(&mut self) -> Value {
        self.made.dicts.push(Vec::new());
        Value::Dict(self.made.dicts.len() - 1)
    }

    fn append(&mut self, items: Vec<Value>) -> Result<()> {
        match self.stack.last() {
            Some(Value::Sequence(list)) => {
                self.made.sequences[*list].extend(items);
                Ok(())
            }
            _ => Err(damaged("appends to something that is no list")),
        }
    }

    fn insert(&mut self, items: Vec<Value>) -> Result<()> {
        let Some(Value::Dict(dict)) = self.stack.last() else {
            return Err(damaged("sets keys of something that is no dictionary"));
        };
        let mut items = items.into_iter();
        while let (Some(key), Some(value)) = (items.next(), items.next()) {
            self.made.dicts[*dict].push((key, value));
        }
        Ok(())
    }

    fn remember(&mut self, slot: usize) -> Result<()> {
        if slot > MAX_STEPS {
            return Err(damaged("remembers more than it makes"));
        }
        let height = self.height(1)?;
        if self.memo.len() <= slot {
            self.memo.resize(slot + 1, None);
        }
        self.memo[slot] = Some(self.stack[height].clone());
        Ok(())
    }

    fn recall(&mut self, slot: usize) -> Result<()> {
        let value = self.memo.get(slot).cloned().flatten();
        self.stack
            .push(value.ok_or_else(|| damaged("recalls what it did not remember"))?);
        Ok(())
    }

    /// From `("storage", type, key, device, elements[, view])`.
    fn storage(&self, id: &Value) -> Result<Storage> {
        if let Value::Sequence(parts) = id
            && let parts = self.made.sequence(*parts)
            && let [
                Value::Text(kind),
                Value::Name(Known::Storage(element)),
                Value::Text(key),
                ..,
            ] = parts
            && &**kind == "storage"
            && matches!(parts.get(5), None | Some(Value::None))
        {
            return Ok(Storage {
                element: *element,
                key: key.clone(),
            });
        }
        Err(damaged("refers to something that is no tensor's storage"))
    }

    fn call(&mut self, function: &Value, arguments: &Value) -> Result<Value> {
        let Value::Sequence(arguments) = arguments else {
            return Err(damaged("calls without arguments"));
        };
        match (function, self.made.sequence(*arguments)) {
            (Value::Name(Known::OrderedDict), []) => Ok(self.new_dict()),
            (
                Value::Name(Known::RebuildTensor),
                [
                    Value::Storage(storage),
                    Value::Int(offset),
                    shape,
                    strides,
                    ..,
                ],
            ) => Ok(Value::Tensor(Rc::new(TensorRef {
                storage: storage.clone(),
                offset: size(*offset)?,
                shape: self.sizes(shape)?,
                strides: self.sizes(strides)?,
            }))),
            (Value::Name(Known::RebuildParameter), [tensor @ Value::Tensor(_), ..]) => {
                Ok(tensor.clone())
            }
            _ => Err(damaged("builds something that is no tensor")),
        }
    }

    fn sizes(&self, value: &Value) -> Result<Vec<usize>> {
        let Value::Sequence(items) = value else {
            return Err(damaged("has a tensor without a shape"));
        };
        self.made
            .sequence(*items)
            .iter()
            .map(|item| match item {
                Value::Int(value) => size(*value),
                _ => Err(damaged("has a tensor with a shape that is no number")),
            })
            .collect()
    }
}

/// A number of at most eight little-endian bytes.
fn long(digits: &[u8]) -> Option<i64> {
    let negative = digits.last().is_some_and(|byte| *byte >= 0x80);
    let mut bytes = [if negative { 0xff } else { 0 }; 8];
    bytes.get_mut(..digits.len())?.copy_from_slice(digits);
    Some(i64::from_le_bytes(bytes))
}

fn known(module: &str, name: &str) -> Result<Known> {
    Ok(match (module, name) {
        ("collections", "OrderedDict") => Known::OrderedDict,
        // Without a version: before PyTorch 0.4. The arguments that were added later are of no use here.
        ("torch._utils", "_rebuild_tensor" | "_rebuild_tensor_v2") => Known::RebuildTensor,
        ("torch._utils", "_rebuild_parameter") => Known::RebuildParameter,
        ("torch", storage) => Known::Storage(match storage {
            "DoubleStorage" => Element::F64,
            "FloatStorage" => Element::F32,
            "HalfStorage" => Element::F16,
            "BFloat16Storage" => Element::Bf16,
            "LongStorage" => Element::Other(8),
            "IntStorage" => Element::Other(4),
            "ShortStorage" => Element::Other(2),
            "CharStorage" | "ByteStorage" | "BoolStorage" => Element::Other(1),
            _ => return Err(CheckpointError::Refused(format!("{module}.{name}"))),
        }),
        _ => return Err(CheckpointError::Refused(format!("{module}.{name}"))),
    })
}

fn size(value: i64) -> Result<usize> {
    usize::try_from(value).map_err(|_| damaged("has a negative size"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(bytes: &[u8]) -> CheckpointError {
        read(bytes).map(|_| ()).unwrap_err()
    }

    #[test]
    fn containers_and_memo_keep_their_identity() {
        // d = {}; [d, d] with a key set afterwards, as `pickletools` would show it.
        let (pickle, rest) =
            read(b"\x80\x02]q\x00}q\x01(X\x01\x00\x00\x00aK\x07ua0h\x00h\x01a.after").unwrap();
        let Value::Sequence(list) = pickle.root else {
            panic!("{:?}", pickle.root);
        };
        let [Value::Dict(first), Value::Dict(second)] = pickle.sequence(list) else {
            panic!("{:?}", pickle.sequence(list));
        };
        assert_eq!(first, second);
        assert!(matches!(
            pickle.dict(*first),
            [(Value::Text(key), Value::Int(7))] if &**key == "a"
        ));
        assert_eq!(rest, b"after");
    }

    #[test]
    fn long_integers_are_twos_complement() {
        assert_eq!(long(&[]), Some(0));
        assert_eq!(long(&[0xff, 0x00]), Some(255));
        assert_eq!(long(&[0xff]), Some(-1));
        assert_eq!(long(&[0; 9]), None);
    }

    #[test]
    fn every_unknown_name_is_refused() {
        for name in [
            "posix\nsystem",
            "builtins\neval",
            "torch\nload",
            "collections\nCounter",
        ] {
            let found = error(format!("\x02c{name}\n.").replace('\x02', "").as_bytes());
            let shown = name.replace('\n', ".");
            assert_eq!(found, CheckpointError::Refused(shown));
        }
    }

    #[test]
    fn nonsense_ends_in_an_error() {
        for bytes in [
            &b""[..],
            b"(",
            b".",
            b"t.",
            b"K",
            b"X\xff\xff\xff\xffa",
            b"h\x05.",
            b"(K\x01.",
            b"K\x01K\x02s.",
            b"K\x01)R.",
            b"NQ.",
            b"\x80\x05.",
            b"\x93.",
            b"ccollections\nOrdered",
        ] {
            assert!(
                matches!(error(bytes), CheckpointError::Damaged(_)),
                "{bytes:?}"
            );
        }
    }

    #[test]
    fn deep_nesting_and_self_containing_lists_are_dropped_safely() {
        let mut deep = vec![b')'];
        deep.extend([0x85; 1_000_000]);
        deep.push(b'.');
        read(&deep).unwrap();
        read(b"]q\x00h\x00a.").unwrap();
        assert!(matches!(
            error(&vec![b'N'; MAX_STEPS + 1]),
            CheckpointError::Damaged(_)
        ));
    }
}
