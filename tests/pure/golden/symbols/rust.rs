/// A rectangle.
#[derive(Debug)]
pub struct Rect { width: f64 }

pub enum Kind { One, Two(i32) }

pub trait Shape {
    /// How large.
    fn size(&self) -> f64;
}

impl Shape for Rect {
    fn size(&self) -> f64 { self.width }
}

pub const LIMIT: usize = 10;
static NAME: &str = "x";
type Pair = (i32, i32);
macro_rules! square { ($x:expr) => { $x * $x }; }
mod inner { pub fn helper() {} }
/// Makes one.
pub fn new_rect<'a, T: Into<f64>>(w: T) -> Rect where T: Copy {
    let local = w.into();
    Rect { width: local }
}
