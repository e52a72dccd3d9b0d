package shapes

import "fmt"

// Area is how large a shape is.
type Area float64

// Rect is a rectangle.
type Rect struct {
	Width, Height float64
}

type Shape interface {
	// Size returns the area.
	Size() Area
}

const Limit = 10

var total, count = 0, 1

// Size returns width times height.
func (r *Rect) Size() Area {
	local := r.Width * r.Height
	return Area(local)
}

func NewRect(w, h float64) *Rect {
	fmt.Println(w)
	return &Rect{w, h}
}
