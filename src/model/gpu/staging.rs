//! Pictures on their way to a browser's GPU, through memory that both sides see.
//!
//! What is handed to a browser's queue is copied several times until the GPU has it. Memory that is mapped is written
//! once, and once it is mapped again it serves for the next pictures.

use std::cell::RefCell;
use std::sync::mpsc::{Receiver, Sender, channel};

use burn_wgpu::{AutoCompiler, CubeTensor, wgpu};
use cubecl::wgpu::WgpuServer;
use js_sys::{Float32Array, Uint8Array};

/// So many pictures share a buffer.
const TOGETHER: usize = 2;
/// So many buffers stay.
const MOST_FREE: usize = 12;

/// Staging buffers that are mapped and free.
#[derive(Debug)]
pub(crate) struct Staging {
    device: wgpu::Device,
    queue: wgpu::Queue,
    free: RefCell<Vec<wgpu::Buffer>>,
    /// Those that are mapped again.
    returned: (Sender<wgpu::Buffer>, Receiver<wgpu::Buffer>),
}

impl Staging {
    pub(crate) fn new(device: wgpu::Device, queue: wgpu::Queue) -> Self {
        Self {
            device,
            queue,
            free: RefCell::default(),
            returned: channel(),
        }
    }

    /// Puts `pictures`, one after the other, into `x`, which they fill. Takes none where that cannot be done, which is
    /// false.
    pub(crate) fn bring(
        &self,
        mut pictures: impl ExactSizeIterator<Item = Vec<f32>>,
        x: &CubeTensor,
    ) -> bool {
        let (client, handle) = (&x.client, x.handle.clone());
        let Ok(target) = client.get_resource::<WgpuServer<AutoCompiler>>(handle) else {
            return false;
        };
        let target = target.resource();
        let picture: usize = x.meta.shape()[1..].iter().product();
        let bytes = |n: usize| (n * picture * size_of::<f32>()) as u64;
        let all = pictures.len();
        let groups = (0..all).step_by(TOGETHER);
        let groups = groups.map(|first| self.mapped(bytes(TOGETHER.min(all - first))));
        let Some(groups) = groups.collect::<Option<Vec<_>>>() else {
            return false;
        };
        // What reads the target's memory so far is to have read it. If the device failed, reading the result says so.
        let _ = client.flush();
        let mut at = target.offset;
        for (buffer, view) in groups {
            fill(&view, pictures.by_ref().take(TOGETHER));
            drop(view);
            buffer.unmap();
            let mut encoder = self.device.create_command_encoder(&Default::default());
            encoder.copy_buffer_to_buffer(&buffer, 0, &target.buffer, at, buffer.size());
            self.queue.submit([encoder.finish()]);
            at += buffer.size();
            let (returned, again) = (self.returned.0.clone(), buffer.clone());
            buffer.map_async(wgpu::MapMode::Write, .., move |mapped| {
                if mapped.is_ok() {
                    // Fails where nobody brings pictures any more.
                    let _ = returned.send(again);
                }
            });
        }
        true
    }

    /// A buffer of `bytes`, and its memory; none where the device maps none.
    fn mapped(&self, bytes: u64) -> Option<(wgpu::Buffer, wgpu::BufferView)> {
        let free = &mut *self.free.borrow_mut();
        free.extend(self.returned.1.try_iter());
        let too_many = free.len().saturating_sub(MOST_FREE);
        free.drain(..too_many).for_each(|buffer| buffer.destroy());
        while let Some(index) = free.iter().position(|buffer| buffer.size() == bytes) {
            let buffer = free.swap_remove(index);
            // A device that is lost takes its memory along.
            if let Ok(view) = buffer.get_mapped_range(..) {
                return Some((buffer, view));
            }
        }
        let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: bytes,
            usage: wgpu::BufferUsages::MAP_WRITE | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: true,
        });
        let view = buffer.get_mapped_range(..).ok()?;
        Some((buffer, view))
    }
}

/// Writes pictures into a buffer's memory.
fn fill(view: &wgpu::BufferView, pictures: impl Iterator<Item = Vec<f32>>) {
    let mut at = 0;
    for values in pictures {
        // SAFETY: our memory does not grow while the array looks at it.
        let values = unsafe { Float32Array::view(&values) };
        let length = values.byte_length();
        let bytes = Uint8Array::new_with_byte_offset_and_length(
            &values.buffer(),
            values.byte_offset(),
            length,
        );
        view.as_uint8array().set(&bytes, at);
        at += length;
    }
}
